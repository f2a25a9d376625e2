import { configuredDatasets } from '../build/index.js';
import { builtInDatasets } from '../builder/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { type DatasetListing, openRegistry, type Registry, readYanks } from '../registry/index.js';

/** A data set that can be built here, that the registry holds, or both. */
export interface DatasetEntry {
  readonly name: string;
  /** Folder of its builder; undefined where only the registry knows it. */
  readonly directory: string | undefined;
  /** Whether it comes with this package. */
  readonly builtIn: boolean;
  /** Published versions, newest first: one entry for each config, or one without. Empty where nothing is published. */
  readonly published: readonly PublishedVersions[];
}

/** The versions of a data set without config, or of one of its configs. */
export interface PublishedVersions {
  readonly config: string | undefined;
  /** Newest first. */
  readonly versions: readonly string[];
  /** Why some of them are not to be used any more, by version; not there where none is yanked. */
  readonly yanked?: Readonly<Record<string, string>>;
}

/** Every data set that the configuration reaches, sorted by name. Nothing is imported: sixty builders are listed as fast as one. */
export async function listDatasets(config: ResolvedConfig): Promise<readonly DatasetEntry[]> {
  const registry = openRegistry(config.registry);
  const [builders, listings] = await Promise.all([configuredDatasets(config), registry.listDatasets()]);
  const names = [
    ...new Set([...builders.map(({ name }) => name), ...listings.map(({ name }) => name as string)]),
  ].sort();
  return Promise.all(
    names.map(async (name) => {
      const builder = builders.find((candidate) => candidate.name === name);
      const listing = listings.find((candidate) => candidate.name === name);
      return {
        name,
        directory: builder?.directory,
        builtIn: builder?.directory.startsWith(builtInDatasets) ?? false,
        published: listing === undefined ? [] : await publishedVersions(registry, listing),
      };
    }),
  );
}

function publishedVersions(
  registry: Registry,
  { name, versions, configs }: DatasetListing,
): Promise<readonly PublishedVersions[]> {
  const plain = versions.length === 0 ? [] : [{ config: undefined, versions }];
  const all = [...plain, ...configs.map((each) => ({ config: each.name, versions: each.versions }))];
  return Promise.all(
    all.map(async (published) => {
      const yanks = await readYanks(registry.storage, { name, config: published.config });
      const yanked = published.versions.flatMap((version) => {
        const yank = yanks.get(version);
        return yank === undefined ? [] : [[version, yank.reason] as const];
      });
      return yanked.length === 0 ? published : { ...published, yanked: Object.fromEntries(yanked) };
    }),
  );
}
