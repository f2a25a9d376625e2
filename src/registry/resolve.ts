import { DatasetsError } from '../core/errors/index.js';
import {
  type AliasName,
  type ConfigName,
  formatReference,
  nearestHint,
  newestVersion,
  type Reference,
  type Version,
} from '../core/names/index.js';
import { readDefaultConfig } from './default-config.js';
import { versionPath } from './layout.js';
import type { DatasetListing, Registry, ResolvedVersion } from './registry.js';

const defaultAlias = 'default' as AliasName;

/** See `Registry.resolve`. */
export async function resolveReference(registry: Registry, reference: Reference): Promise<ResolvedVersion> {
  const listing = await registry.listDataset(reference.name);
  if (listing === undefined) throw await unknownDataset(registry, reference);
  const aliased = await resolveAlias(registry, reference);
  const config = aliased === undefined ? await pickConfig(registry, listing, reference) : aliased.config;
  const versions = versionsOf(listing, config);
  const version = newestVersion(versions, aliased?.version ?? reference.version);
  if (version === undefined) throw unknownVersion(registry, reference, config, versions);
  const path = versionPath({ name: reference.name, config, version });
  return { name: reference.name, config, version, directory: registry.storage.absolute(path) };
}

/** `@alias`, or the alias `default` where neither a version nor a config is named. */
async function resolveAlias(registry: Registry, reference: Reference) {
  if (reference.version !== undefined || reference.config !== undefined) return undefined;
  const target = await registry.aliases(reference.name, reference.alias ?? defaultAlias);
  if (target === undefined && reference.alias !== undefined) {
    throw new DatasetsError(
      'VERSION_UNKNOWN',
      `${reference.name} has no alias ${reference.alias} in ${registry.directory}`,
      {
        hint: `Name a version, or none for the newest: ${reference.name}.`,
        at: { dataset: reference.name },
      },
    );
  }
  return target;
}

/** Versions without a config come first; where there are only configs, tfds' default one, or the only one. */
async function pickConfig(
  registry: Registry,
  listing: DatasetListing,
  reference: Reference,
): Promise<ConfigName | undefined> {
  const { config } = reference;
  const names = listing.configs.map((known) => known.name);
  if (config !== undefined) {
    if (names.includes(config)) return config;
    const hint =
      names.length === 0
        ? `It has no configs: leave it out, ${formatReference({ ...reference, config: undefined })}.`
        : nearestHint(config, names, 'configs');
    throw unknownConfig(registry, reference, `has no config ${config}`, hint);
  }
  if (listing.versions.length > 0) return undefined;
  const preferred = await readDefaultConfig(registry.storage, listing.name);
  const found = names.find((name) => name === preferred) ?? (names.length === 1 ? names[0] : undefined);
  if (found !== undefined) return found;
  const hint = `Name one of: ${names.map((name) => formatReference({ ...reference, config: name })).join(', ')}.`;
  throw unknownConfig(registry, reference, 'has several configs and no default one', hint);
}

function versionsOf(listing: DatasetListing, config: ConfigName | undefined): readonly Version[] {
  if (config === undefined) return listing.versions;
  return listing.configs.find((known) => known.name === config)?.versions ?? [];
}

async function unknownDataset(registry: Registry, reference: Reference): Promise<DatasetsError> {
  const names = (await registry.listDatasets()).map((listing) => listing.name);
  const hint =
    names.length === 0
      ? 'The registry is empty: build a data set first, or name another registry.'
      : nearestHint(reference.name, names, 'data sets');
  return new DatasetsError('DATASET_UNKNOWN', `${registry.directory} holds no data set ${reference.name}`, {
    hint,
    at: { dataset: reference.name },
  });
}

function unknownConfig(registry: Registry, reference: Reference, what: string, hint: string): DatasetsError {
  const message = `${reference.name} ${what} in ${registry.directory}`;
  return new DatasetsError('CONFIG_UNKNOWN', message, { hint, at: { dataset: reference.name } });
}

function unknownVersion(
  registry: Registry,
  reference: Reference,
  config: ConfigName | undefined,
  versions: readonly Version[],
): DatasetsError {
  const name = formatReference({ name: reference.name, config });
  const wanted = reference.version ?? 'that the alias names';
  return new DatasetsError('VERSION_UNKNOWN', `${name} has no version ${wanted} in ${registry.directory}`, {
    hint: `The versions are: ${versions.join(', ')}.`,
    at: { dataset: reference.name },
  });
}
