import { DatasetsError } from '../core/errors/index.js';
import {
  type AliasName,
  type ConfigName,
  compareVersions,
  type DatasetName,
  isConfigName,
  isDatasetName,
  isVersion,
  type Reference,
  type Version,
} from '../core/names/index.js';
import { openStorage, type Storage } from '../storage/index.js';
import type { AliasTarget } from './aliases/alias-generation.js';
import { readAlias } from './aliases/read-alias.js';
import { locationOf } from './location.js';
import { resolveReference } from './resolve.js';
import { isUnknownReference } from './unknown-reference.js';
import { isVersionDirectory } from './version-directory.js';
import type { Yank } from './yanks/yank.js';

/** A data set's versions in a registry, newest first. */
export interface DatasetListing {
  readonly name: DatasetName;
  /** Versions without a config. */
  readonly versions: readonly Version[];
  readonly configs: readonly { readonly name: ConfigName; readonly versions: readonly Version[] }[];
}

/** One version that exists. */
export interface ResolvedVersion {
  readonly name: DatasetName;
  readonly config: ConfigName | undefined;
  readonly version: Version;
  /** Inside the registry: `product_a/men/1.2.0`. */
  readonly path: string;
  /** Absolute directory, or a URL. */
  readonly location: string;
  /** That it is not to be used any more. Only a version that is named, by itself or by an alias, may be yanked. */
  readonly yank?: Yank;
}

/** What an alias stands for, or undefined where it isn't set. */
export type AliasLookup = (name: DatasetName, alias: AliasName) => Promise<AliasTarget | undefined>;

export interface RegistryOptions {
  /** Default: the registry's own aliases. */
  readonly aliases?: AliasLookup;
}

/** Published versions by name. */
export class Registry {
  readonly storage: Storage;
  readonly aliases: AliasLookup;

  constructor(storage: Storage, options: RegistryOptions = {}) {
    this.storage = storage;
    this.aliases = options.aliases ?? (async (name, alias) => (await readAlias(this, name, alias))?.target);
  }

  /** Absolute directory, or the URL of a bucket's folder. */
  get location(): string {
    return this.storage.location;
  }

  /** Where a path inside the registry lies: an absolute path, or a URL. */
  locationOf(path: string): string {
    return locationOf(this.storage, path);
  }

  /** Every data set that has a version, sorted by name. Directories without a manifest or a dataset_info.json don't count. */
  async listDatasets(): Promise<readonly DatasetListing[]> {
    const entries = await this.storage.list('');
    const names = entries.filter((entry) => entry.kind === 'directory').map((entry) => entry.name);
    const listings = await Promise.all(names.filter(isDatasetName).map((name) => this.listDataset(name)));
    return listings.filter((listing) => listing !== undefined);
  }

  async listDataset(name: DatasetName): Promise<DatasetListing | undefined> {
    const entries = await this.storage.list(name);
    const folders = entries.filter((entry) => entry.kind === 'directory').map((entry) => entry.name);
    const versions = await this.listVersions(name);
    const configs = await Promise.all(
      folders.filter(isConfigName).map(async (config) => ({
        name: config,
        versions: await this.listVersions(name, config),
      })),
    );
    const used = configs.filter((config) => config.versions.length > 0);
    return versions.length + used.length === 0 ? undefined : { name, versions, configs: used };
  }

  /** The versions of a data set or of one of its configs, newest first; none where it doesn't exist. */
  async listVersions(name: DatasetName, config?: ConfigName): Promise<readonly Version[]> {
    const parent = config === undefined ? name : (`${name}/${config}` as const);
    const entries = await this.storage.list(parent);
    const candidates = entries.filter((entry) => entry.kind === 'directory').map((entry) => entry.name);
    const found = await Promise.all(
      candidates
        .filter(isVersion)
        .map(async (version) =>
          (await isVersionDirectory(this.storage, `${parent}/${version}`)) ? version : undefined,
        ),
    );
    return found.filter((version) => version !== undefined).sort((a, b) => compareVersions(b, a));
  }

  /**
   * Finds the version that a reference means: the alias, the newest that matches, or the newest. Versions that were yanked are passed over, unless they are named.
   *
   * @throws DatasetsError DATASET_UNKNOWN, CONFIG_UNKNOWN or VERSION_UNKNOWN, with what there is and the nearest name; VERSION_REMOVED; VERSION_YANKED where all that match were yanked.
   * @example
   * ```ts
   * const { location } = await registry.resolve(parseReference('product_a/men:1.*.*'));
   * ```
   */
  resolve(reference: Reference): Promise<ResolvedVersion> {
    return resolveReference(this, reference);
  }

  /** As `resolve`, but undefined where there is no such version, or it was removed. */
  async find(reference: Reference): Promise<ResolvedVersion | undefined> {
    try {
      return await this.resolve(reference);
    } catch (error) {
      if (isUnknownReference(error) || isRemoved(error)) return undefined;
      throw error;
    }
  }
}

function isRemoved(error: unknown): boolean {
  return error instanceof DatasetsError && error.code === 'VERSION_REMOVED';
}

/**
 * Opens a registry; its directory need not exist before the first version is published.
 *
 * @param location absolute directory, `gs://bucket/path`, or the storage that it lies in.
 * @example
 * ```ts
 * const registry = openRegistry('/data/registry');
 * for (const { name, versions } of await registry.listDatasets()) console.log(name, versions);
 * ```
 */
export function openRegistry(location: string | Storage, options: RegistryOptions = {}): Registry {
  return new Registry(typeof location === 'string' ? openStorage(location) : location, options);
}
