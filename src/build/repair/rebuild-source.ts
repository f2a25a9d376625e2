import { join } from 'node:path';
import type { ResolvedConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { formatReference } from '../../core/names/index.js';
import { type Manifest, openRegistry, readManifest, versionPath } from '../../registry/index.js';
import { openStorage } from '../../storage/index.js';
import { build } from '../build.js';
import type { BuildEvent } from '../build-options.js';
import { rebuildOptions } from '../rebuild-options.js';
import type { RepairSource } from './repair-sources.js';

export interface RebuildOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: BuildEvent) => void) | undefined;
}

/** What a rebuild gives: a source, or why it can be none. */
export type Rebuilt = { readonly source: RepairSource } | { readonly refused: string };

/**
 * Builds a version again, into a registry of its own in `folder`, in the formats, for the time and with the numbers of shards that it was published with.
 *
 * Of queries the results are read that the version retained, as long as they are whole.
 *
 * @returns a source, when the content is the one that was published; else what is different.
 */
export async function rebuild(
  manifest: Manifest,
  config: ResolvedConfig,
  folder: string,
  options: RebuildOptions,
): Promise<Rebuilt> {
  if (manifest.external !== undefined) return { refused: 'it was taken in from outside: no builder can make it again' };
  let read: readonly string[] = [];
  const registry = openRegistry(join(folder, 'rebuilt'));
  const path = versionPath(manifest);
  try {
    const { fromExtracts = [] } = await build(formatReference(manifest), {
      ...rebuildOptions(manifest, config, registry.location),
      ...(options.signal !== undefined && { signal: options.signal }),
      ...(options.onProgress !== undefined && { onProgress: options.onProgress }),
    });
    read = fromExtracts;
  } catch (error) {
    if (!(error instanceof DatasetsError) || error.code === 'INTERRUPTED' || error.code === 'STORAGE_FULL') throw error;
    return { refused: `it can't be built again here (${error.code}: ${error.message})` };
  }
  const rebuilt = await readManifest(registry.storage, path);
  const difference = rebuilt === undefined ? 'nothing was built' : differenceOf(manifest, rebuilt);
  if (difference !== undefined) return { refused: `building it again gives other data: ${difference}` };
  const label =
    read.length === 0 ? 'the rebuilt version' : `the version rebuilt from the extract of ${read.join(', ')}`;
  const extracts = openStorage(registry.locationOf(manifest.name));
  return { source: { label, storage: openStorage(registry.locationOf(path)), extracts } };
}

/** The first split that is not what was published: the evidence for whoever has to decide what became of it. */
function differenceOf(published: Manifest, rebuilt: Manifest): string | undefined {
  for (const split of published.splits) {
    const now = rebuilt.splits.find(({ name }) => name === split.name);
    if (now === undefined) return `there is no split ${split.name} any more`;
    if (now.examples !== split.examples) return `${split.name} has ${now.examples} examples; it had ${split.examples}`;
    if (now.contentDigest !== split.contentDigest) {
      return `${split.name} has the content digest ${now.contentDigest}; it had ${split.contentDigest}`;
    }
    if (now.shards.length !== split.shards.length) {
      return `${split.name} has ${now.shards.length} shards; it had ${split.shards.length}`;
    }
  }
  return published.contentDigest === rebuilt.contentDigest ? undefined : 'there are splits that it did not have';
}
