import { descriptionOfConfig, findTarget } from '../build/index.js';
import { type DatasetInfo, loadBuilder } from '../builder/index.js';
import { findLocated, isUnreachable, type LocatedVersion } from '../cache/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { compareVersions, isVersion, parseReference } from '../core/names/index.js';
import type { AnyFeature } from '../features/index.js';
import { openVersion } from '../reader/index.js';
import {
  type DatasetListing,
  type Manifest,
  openRegistry,
  type Registry,
  readYanks,
  type VersionInfo,
} from '../registry/index.js';
import { isLocalStorage } from '../storage/index.js';
import type { FindOptions } from './find-version.js';
import { type SchemaField, schemaFields } from './schema/schema-fields.js';

/** What a newcomer wants to know of a data set. */
export interface DatasetCard {
  readonly name: string;
  readonly config: string | undefined;
  readonly configDescription: string | undefined;
  readonly version: string;
  /** Absolute path of the version, or its URL; undefined where it is not published. */
  readonly directory: string | undefined;
  readonly description: string;
  readonly homepage: string | undefined;
  readonly citation: string | undefined;
  readonly license: string | undefined;
  readonly owner: string | undefined;
  readonly tags: readonly string[];
  readonly supervisedKeys: readonly [string, string] | undefined;
  /** What happens to each kind of personal data, in words. */
  readonly privacy: Readonly<Record<string, string>>;
  /** Every version with its release notes, newest first. */
  readonly versions: readonly CardVersion[];
  /** Published configs. */
  readonly configs: readonly string[];
  /** Empty where it is not published. */
  readonly splits: readonly CardSplit[];
  readonly formats: readonly string[];
  readonly fields: readonly SchemaField[];
  readonly createdAt: string | undefined;
  readonly contentDigest: string | undefined;
  /** What wrote a version that was taken in from outside, which no builder can make again: `tfds`, `hugging-face`, `parquet`, ... */
  readonly external: string | undefined;
  /** Until when a version that queries made can be built again, and why; undefined where no query made it. */
  readonly rebuildable: Manifest['rebuildable'];
  /** What guards had found, where somebody published it all the same, and why. */
  readonly accepted: Manifest['accepted'];
}

export interface CardVersion {
  readonly version: string;
  readonly notes: string | undefined;
  readonly published: boolean;
  /** Why it is not to be used any more; not there where it isn't yanked. */
  readonly yanked?: string;
}

export interface CardSplit {
  readonly name: string;
  readonly examples: number;
  readonly shards: number;
  /** Bytes of its files in each format; undefined where nothing says them, as in data that tfds prepared. */
  readonly bytes: number | undefined;
}

/**
 * Describes a data set from the registry, or from its builder where it is not published yet.
 *
 * @param reference `product_a`, `product_a/men:1.2.0`
 * @throws DatasetsError NAME_INVALID; DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN where neither knows it; BUILDER_INVALID.
 */
export async function describeDataset(
  reference: string,
  config: ResolvedConfig,
  options: FindOptions = {},
): Promise<DatasetCard> {
  const registry = openRegistry(config.registry);
  const found = await findLocated(registry, parseReference(reference), { ...config, ...options });
  return found === undefined ? fromBuilder(reference, config) : fromRegistry(found, registry);
}

async function fromRegistry(
  { files, location: directory, yank }: LocatedVersion,
  registry: Registry,
): Promise<DatasetCard> {
  const { info, schema } = await openVersion(files);
  const listing = await listDataset(registry, info.name);
  const published =
    info.config === undefined ? listing?.versions : listing?.configs.find(({ name }) => name === info.config)?.versions;
  const yanked = {
    ...(listing !== undefined && (await yankReasons(registry, info))),
    ...(yank !== undefined && { [info.version]: yank.reason }),
  };
  const { name, config, version, formats, description, configDescription, homepage, citation, license, owner, tags } =
    info;
  return {
    ...{ name, config, configDescription, version, directory, description, homepage, citation, license, owner, tags },
    supervisedKeys: info.supervisedKeys,
    privacy: policiesInWords(info.manifest?.info.privacy),
    versions: cardVersions(info.releaseNotes, published ?? [info.version], yanked),
    configs: listing?.configs.map((each) => each.name) ?? [],
    splits: cardSplits(info),
    formats,
    fields: schemaFields(schema),
    createdAt: info.manifest?.createdAt,
    contentDigest: info.manifest?.contentDigest,
    external: info.manifest?.external?.writer,
    rebuildable: info.manifest?.rebuildable,
    accepted: info.manifest?.accepted,
  };
}

/** Without the registry the card speaks of the one version that is in the cache. */
async function listDataset(registry: Registry, name: string): Promise<DatasetListing | undefined> {
  try {
    return await registry.listDataset(parseReference(name).name);
  } catch (error) {
    if (isUnreachable(error, registry.location) && !isLocalStorage(registry.storage)) return undefined;
    throw error;
  }
}

/** Why versions of the same data set and config are not to be used any more. */
async function yankReasons(
  { storage }: Registry,
  { name, config }: Pick<VersionInfo, 'name' | 'config'>,
): Promise<Readonly<Record<string, string>>> {
  const yanks = await readYanks(storage, { name, config });
  return Object.fromEntries([...yanks].map(([version, { reason }]) => [version, reason]));
}

async function fromBuilder(reference: string, config: ResolvedConfig): Promise<DatasetCard> {
  const target = await findTarget(reference, config);
  const { definition, chosen, builder } = target;
  const info: DatasetInfo<AnyFeature> = (await loadBuilder(builder)).info();
  const { builderClass } = definition;
  return {
    name: definition.name,
    config: chosen.config,
    configDescription: descriptionOfConfig(target),
    version: chosen.version,
    directory: undefined,
    description: info.description,
    homepage: info.homepage,
    citation: info.citation,
    license: info.license,
    owner: info.owner,
    tags: info.tags ?? [],
    supervisedKeys: info.supervisedKeys,
    privacy: policiesInWords(info.privacy),
    versions: cardVersions(builderClass.versions, [], {}),
    configs: definition.configs,
    splits: [],
    formats: [],
    fields: schemaFields(info.features),
    createdAt: undefined,
    contentDigest: undefined,
    external: undefined,
    rebuildable: undefined,
    accepted: undefined,
  };
}

/** Versions that are published and versions that have notes, newest first as their authors and the registry list them. */
function cardVersions(
  notes: Readonly<Record<string, string>>,
  published: readonly string[],
  yanked: Readonly<Record<string, string>>,
): readonly CardVersion[] {
  const versions = [...new Set([...published, ...Object.keys(notes)])].filter(isVersion);
  return versions
    .sort((a, b) => compareVersions(b, a))
    .map((version) => {
      const reason = yanked[version];
      const card = { version, notes: notes[version], published: published.includes(version) };
      return reason === undefined ? card : { ...card, yanked: reason };
    });
}

function cardSplits(info: VersionInfo): readonly CardSplit[] {
  return info.splits.map((split) => {
    const files = split.shards.flatMap((shard) =>
      [shard.files.tfrecord, shard.files.arrow, shard.files.parquet].filter((file) => file !== undefined),
    );
    const known = files.every(({ bytes }) => bytes !== undefined);
    return {
      name: split.name,
      examples: split.examples,
      shards: split.shards.length,
      bytes: known ? files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) : undefined,
    };
  });
}

/** A policy as one phrase; never the secret, which is a reference anyhow. */
function policiesInWords(privacy: unknown): Readonly<Record<string, string>> {
  if (typeof privacy !== 'object' || privacy === null) return {};
  return Object.fromEntries(Object.entries(privacy).map(([kind, policy]) => [kind, policyInWords(policy)]));
}

function policyInWords(policy: unknown): string {
  const fields = typeof policy === 'object' && policy !== null ? (policy as Readonly<Record<string, unknown>>) : {};
  switch (fields['policy']) {
    case 'keep':
      return `kept: ${String(fields['reason'])}`;
    case 'drop':
      return 'dropped';
    case 'mask':
      return 'masked';
    case 'pseudonymise':
      return `pseudonymised by ${String(fields['algorithm'])}`;
    default:
      return String(fields['policy']);
  }
}
