import { DatasetsError } from '../core/errors/index.js';
import {
  type AliasName,
  type ConfigName,
  type DatasetName,
  formatReference,
  isConfigName,
  isVersion,
  matchesVersion,
  nearestHint,
  newestVersion,
  type Reference,
  type Version,
  type VersionPattern,
} from '../core/names/index.js';
import { splitSnapshotConfig } from '../core/snapshots/index.js';
import { listAliases } from './aliases/read-alias.js';
import { readDefaultConfig } from './default-config.js';
import { versionPath } from './layout.js';
import type { DatasetListing, Registry, ResolvedVersion } from './registry.js';
import { readTombstone, versionRemoved } from './retention/tombstone.js';
import { latestSnapshots, nearestSnapshotHint } from './snapshots/snapshot-hints.js';
import { readYank, readYanks, type Yank, yankText } from './yanks/yank.js';

const defaultAlias = 'default' as AliasName;

/** See `Registry.resolve`. Looks only where the reference points; the whole data set is listed for the messages of errors alone. */
export async function resolveReference(registry: Registry, reference: Reference): Promise<ResolvedVersion> {
  const { name } = reference;
  const aliased = await resolveAlias(registry, reference);
  const config = aliased === undefined ? await pickConfig(registry, reference) : aliased.config;
  const versions = await registry.listVersions(name, config);
  const wanted = aliased?.version ?? reference.version;
  if (newestVersion(versions, wanted) === undefined) {
    throw (await removedVersion(registry, name, config, wanted)) ?? (await unknownVersion(registry, reference, config));
  }
  const { version, yank } = await pickVersion(registry, reference, { config, wanted, versions });
  const path = versionPath({ name, config, version });
  return { name, config, version, path, location: registry.locationOf(path), ...(yank !== undefined && { yank }) };
}

interface Candidates {
  readonly config: ConfigName | undefined;
  readonly wanted: VersionPattern | undefined;
  readonly versions: readonly Version[];
}

/** The one that is named, yanked or not; else the newest that matches and is not yanked. */
async function pickVersion(
  registry: Registry,
  reference: Reference,
  { config, wanted, versions }: Candidates,
): Promise<{ readonly version: Version; readonly yank: Yank | undefined }> {
  const { storage } = registry;
  const { name } = reference;
  if (wanted !== undefined && isVersion(wanted)) {
    return { version: wanted, yank: await readYank(storage, { name, config, version: wanted }) };
  }
  const yanks = await readYanks(storage, { name, config }, wanted);
  const version = newestVersion(
    versions.filter((candidate) => !yanks.has(candidate)),
    wanted,
  );
  if (version !== undefined) return { version, yank: undefined };
  const meant = versions.filter((candidate) => wanted === undefined || matchesVersion(wanted, candidate));
  const texts = meant.flatMap((candidate) => {
    const yank = yanks.get(candidate);
    return yank === undefined ? [] : [yankText({ name, config, version: candidate }, yank)];
  });
  const [newest] = meant;
  throw new DatasetsError(
    'VERSION_YANKED',
    `every version that ${formatReference(reference)} may mean in ${registry.location} was yanked: ${texts.join('; ')}`,
    {
      hint: `Name one to read it all the same: ${formatReference({ name, config, version: newest })}.`,
      at: { dataset: name },
    },
  );
}

/** `@alias`, or the alias `default` where neither a version nor a config is named. */
async function resolveAlias(registry: Registry, reference: Reference) {
  const { name, alias } = reference;
  if (reference.version !== undefined || reference.config !== undefined) return undefined;
  const target = await registry.aliases(name, alias ?? defaultAlias);
  if (target !== undefined || alias === undefined) return target;
  if ((await registry.listDataset(name)) === undefined) throw await unknownDataset(registry, reference);
  const others = (await listAliases(registry, name)).map((entry) => formatReference({ name, alias: entry.alias }));
  const known = others.length === 0 ? 'It has no aliases.' : `Its aliases are: ${others.join(', ')}.`;
  throw new DatasetsError('VERSION_UNKNOWN', `${name} has no alias ${alias} in ${registry.location}`, {
    hint: `${known} Name a version, or none for the newest: ${name}.`,
    at: { dataset: name },
  });
}

/** Versions without a config come first; where there are only configs, tfds' default one, or the only one. */
async function pickConfig(registry: Registry, reference: Reference): Promise<ConfigName | undefined> {
  const { name, config } = reference;
  if (config !== undefined) return config;
  if ((await registry.listVersions(name)).length > 0) return undefined;
  const preferred = await readDefaultConfig(registry.storage, name);
  if (preferred !== undefined && isConfigName(preferred)) {
    if ((await registry.listVersions(name, preferred)).length > 0) return preferred;
  }
  const listing = await registry.listDataset(name);
  if (listing === undefined) throw await unknownDataset(registry, reference);
  // Which snapshot is meant must not depend on how many there are.
  const plain = listing.configs.filter(({ name }) => splitSnapshotConfig(name).snapshot === undefined);
  const [only, ...others] = plain;
  if (only !== undefined && others.length === 0) return only.name;
  if (only === undefined) throw onlySnapshots(registry, reference, listing);
  const choices = plain.map((known) => formatReference({ ...reference, config: known.name }));
  throw unknownConfig(
    registry,
    reference,
    'has several configs and no default one',
    `Name one of: ${choices.join(', ')}.`,
  );
}

/** `product_a:1.2.0` is what never grows: where nobody has published that, no snapshot is taken in its place. */
function onlySnapshots(registry: Registry, reference: Reference, listing: DatasetListing): DatasetsError {
  const { name, version } = reference;
  const latest = latestSnapshots(listing).map((config) => formatReference({ name, config, version }));
  return unknownConfig(
    registry,
    reference,
    `has snapshots alone, and no ${version === undefined ? 'version' : `version ${version}`} without one,`,
    `Name one: ${latest.join(', ')}; or ${formatReference({ name, alias: 'nightly' })}, which moves.`,
  );
}

async function unknownDataset(registry: Registry, reference: Reference): Promise<DatasetsError> {
  const names = (await registry.listDatasets()).map((listing) => listing.name);
  const hint =
    names.length === 0
      ? 'The registry is empty: build a data set first, or name another registry.'
      : nearestHint(reference.name, names, 'data sets');
  return new DatasetsError('DATASET_UNKNOWN', `${registry.location} holds no data set ${reference.name}`, {
    hint,
    at: { dataset: reference.name },
  });
}

function unknownConfig(registry: Registry, reference: Reference, what: string, hint: string): DatasetsError {
  const message = `${reference.name} ${what} in ${registry.location}`;
  return new DatasetsError('CONFIG_UNKNOWN', message, { hint, at: { dataset: reference.name } });
}

/** What became of a single version that was there once. */
async function removedVersion(
  registry: Registry,
  name: DatasetName,
  config: ConfigName | undefined,
  version: VersionPattern | undefined,
): Promise<DatasetsError | undefined> {
  if (version === undefined || !isVersion(version)) return undefined;
  const tombstone = await readTombstone(registry.storage, { name, config, version });
  return tombstone && versionRemoved(tombstone, registry.location);
}

/** Says what is missing: the data set, the config, or the version. */
async function unknownVersion(
  registry: Registry,
  reference: Reference,
  config: ConfigName | undefined,
): Promise<DatasetsError> {
  const listing = await registry.listDataset(reference.name);
  if (listing === undefined) return unknownDataset(registry, reference);
  const configs = listing.configs.map((known) => known.name);
  if (config !== undefined && !configs.includes(config)) {
    const hint =
      nearestSnapshotHint(reference.name, config, configs) ??
      (configs.length === 0
        ? `It has no configs: leave it out, ${formatReference({ ...reference, config: undefined })}.`
        : nearestHint(config, configs, 'configs'));
    return unknownConfig(registry, reference, `has no config ${config}`, hint);
  }
  const name = formatReference({ name: reference.name, config });
  const wanted = reference.version ?? 'that the alias names';
  const versions = await registry.listVersions(reference.name, config);
  return new DatasetsError('VERSION_UNKNOWN', `${name} has no version ${wanted} in ${registry.location}`, {
    hint: `The versions are: ${versions.join(', ')}.`,
    at: { dataset: reference.name },
  });
}
