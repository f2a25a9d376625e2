import { wasPulled } from '../cache/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { formatReference } from '../core/names/index.js';
import { type VerifyReport, verifyVersion } from '../reader/index.js';
import { openRegistry } from '../registry/index.js';
import { openStorage } from '../storage/index.js';
import { findVersion } from './find-version.js';

export interface VerifyReferenceOptions {
  readonly signal?: AbortSignal;
  /** Called before anything is read, with the bytes that will be read where the manifest says them. */
  readonly onStart?: (reference: string, bytes: number | undefined) => void;
  /** Called with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Compares a published version with what it was published as, where it lies: also in a bucket. What its queries gave is compared as well, unless the version was pulled.
 *
 * @throws DatasetsError as `findVersion`, FORMAT_TOO_NEW, INTERRUPTED, and what keeps a registry from being read; damage is in the report.
 */
export async function verifyReference(
  reference: string,
  config: ResolvedConfig,
  options: VerifyReferenceOptions = {},
): Promise<VerifyReport> {
  const found = await findVersion(reference, config);
  const registry = openRegistry(config.registry);
  return verifyVersion(found.location, {
    expected: found,
    ...(!(await wasPulled(registry.storage, found)) && { extracts: openStorage(registry.locationOf(found.name)) }),
    workDirectory: config.workDirectory,
    onStart: (bytes) => options.onStart?.(formatReference(found), bytes),
    ...(options.signal !== undefined && { signal: options.signal }),
    ...(options.onProgress !== undefined && { onProgress: options.onProgress }),
  });
}

/** References of every version in the registry, sorted by name, newest first. */
export async function publishedReferences(config: ResolvedConfig): Promise<readonly string[]> {
  const listings = await openRegistry(config.registry).listDatasets();
  return listings.flatMap(({ name, versions, configs }) => [
    ...versions.map((version) => formatReference({ name, version })),
    ...configs.flatMap((each) => each.versions.map((version) => formatReference({ name, config: each.name, version }))),
  ]);
}
