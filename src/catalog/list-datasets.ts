import { configuredDatasets } from '../build/index.js';
import { builtInDatasets } from '../builder/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { openRegistry } from '../registry/index.js';

/** A data set that can be built here, that the registry holds, or both. */
export interface DatasetEntry {
  readonly name: string;
  /** Folder of its builder; undefined where only the registry knows it. */
  readonly directory: string | undefined;
  /** Whether it comes with this package. */
  readonly builtIn: boolean;
  /** Published versions, newest first: one entry for each config, or one without. Empty where nothing is published. */
  readonly published: readonly { readonly config: string | undefined; readonly versions: readonly string[] }[];
}

/** Every data set that the configuration reaches, sorted by name. Nothing is imported: sixty builders are listed as fast as one. */
export async function listDatasets(config: ResolvedConfig): Promise<readonly DatasetEntry[]> {
  const [builders, listings] = await Promise.all([
    configuredDatasets(config),
    openRegistry(config.registry).listDatasets(),
  ]);
  const names = [
    ...new Set([...builders.map(({ name }) => name), ...listings.map(({ name }) => name as string)]),
  ].sort();
  return names.map((name) => {
    const builder = builders.find((candidate) => candidate.name === name);
    const listing = listings.find((candidate) => candidate.name === name);
    const plain =
      listing === undefined || listing.versions.length === 0 ? [] : [{ config: undefined, versions: listing.versions }];
    return {
      name,
      directory: builder?.directory,
      builtIn: builder?.directory.startsWith(builtInDatasets) ?? false,
      published: [
        ...plain,
        ...(listing?.configs.map((each) => ({ config: each.name, versions: each.versions })) ?? []),
      ],
    };
  });
}
