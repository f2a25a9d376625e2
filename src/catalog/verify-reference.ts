import type { ResolvedConfig } from '../core/config/index.js';
import { formatReference } from '../core/names/index.js';
import { type VerifyReport, verifyVersion } from '../reader/index.js';
import { openRegistry, readVersionInfo } from '../registry/index.js';
import { LocalStorage } from '../storage/index.js';
import { findVersion } from './find-version.js';

export interface VerifyReferenceOptions {
  readonly signal?: AbortSignal;
  /** Called before anything is read, with the bytes that will be read where the manifest says them. */
  readonly onStart?: (reference: string, bytes: number | undefined) => void;
  /** Called with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Compares a published version with what it was published as.
 *
 * @throws DatasetsError as `findVersion`, FORMAT_TOO_NEW, MANIFEST_INVALID, INTERRUPTED; damage is in the report.
 */
export async function verifyReference(
  reference: string,
  config: ResolvedConfig,
  options: VerifyReferenceOptions = {},
): Promise<VerifyReport> {
  const { location } = await findVersion(reference, config);
  const info = await readVersionInfo(new LocalStorage(location));
  // Every file is read twice: as bytes, and by its format.
  const bytes = info.manifest?.files.reduce((sum, file) => sum + 2 * file.bytes, 0);
  options.onStart?.(formatReference(info), bytes);
  return verifyVersion(location, {
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
