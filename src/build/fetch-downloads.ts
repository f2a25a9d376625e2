import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadBuilder } from '../builder/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { checksumsFileName, openDownloads } from '../downloads/index.js';
import type { JobDownloads } from '../engines/index.js';
import { buildGraph } from '../pipeline/index.js';
import type { BuildOptions } from './build-options.js';
import { findTarget, timeOfTarget } from './target.js';

/** Where downloads are kept on this machine, and how large they may be. */
export function downloadsOf(config: ResolvedConfig): JobDownloads {
  const { cacheDirectory, maxDownloadBytes, maxExtractedBytes, maxExtractionRatio } = config;
  return { directory: join(cacheDirectory, 'downloads'), maxDownloadBytes, maxExtractedBytes, maxExtractionRatio };
}

/** What is on this machine now. */
export interface FetchedDownloads {
  readonly dataset: string;
  readonly config: string | undefined;
  readonly version: string;
  readonly files: readonly FetchedFile[];
}

export interface FetchedFile {
  /** Without credentials. */
  readonly url: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** The file, or the folder it was extracted to: absolute. */
  readonly path: string;
}

export interface FetchDownloadsOptions
  extends Pick<BuildOptions, 'config' | 'signal' | 'onProgress' | 'snapshotTime' | 'snapshot' | 'now'> {
  /** Takes note in `checksums.tsv` beside the builder of what URLs contain now. Without it, they must contain what it says. */
  readonly register?: boolean;
}

/**
 * Fetches what a builder downloads, and builds nothing: its `splits()` runs, no source is read.
 *
 * @param reference `product_a`, `product_a/men`, `product_a:1.2.0`
 * @throws DatasetsError what `p.download` throws; DATASET_UNKNOWN, BUILDER_INVALID, ...
 * @example
 * ```ts
 * await fetchDownloads('reviews', { config: await loadConfig(), register: true });
 * ```
 */
export async function fetchDownloads(reference: string, options: FetchDownloadsOptions): Promise<FetchedDownloads> {
  const { config, onProgress, snapshotTime = new Date() } = options;
  const target = await findTarget(reference, config, options);
  const { definition, chosen } = target;
  onProgress?.({ type: 'build-start', dataset: definition.name, ...chosen });
  const downloads = downloadsOf(config);
  const fetch = openDownloads({
    ...downloads,
    dataset: definition.name,
    checksumsFile: join(dirname(fileURLToPath(definition.module)), checksumsFileName),
    mode: options.register === true ? 'register' : 'verify',
    signal: options.signal ?? new AbortController().signal,
    ...(onProgress !== undefined && { onProgress }),
  });
  const builder = await loadBuilder(target.builder);
  const { facts } = await buildGraph((pipeline) => builder.splits(pipeline), {
    facts: { snapshotTime: timeOfTarget(target, snapshotTime).toISOString(), once: {} },
    mayAskFacts: true,
    downloads: { directory: downloads.directory, fetch },
  });
  const files = Object.values(facts.downloads ?? {}).map(({ url, bytes, sha256, place }) => {
    return { url, bytes, sha256, path: join(downloads.directory, place) };
  });
  return { dataset: definition.name, ...chosen, files };
}
