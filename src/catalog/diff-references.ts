import type { ResolvedConfig } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { isVersionPattern, parseReference } from '../core/names/index.js';
import { type Bump, type DiffOptions, diffVersions, requiredBump, type VersionDiff } from '../quality/index.js';
import { isDirectoryName, type LocateFilesOptions, locateFiles } from './locate-files.js';

export interface DiffReferencesOptions extends DiffOptions, LocateFilesOptions {}

export interface ReferenceDiff extends VersionDiff {
  /** What the later version has to be called, as far as this difference goes. */
  readonly bump: Bump;
}

/**
 * What is different between two published versions, and which bump that takes.
 *
 * @param before as everywhere, `product_a:1.1.0` or `product_a@prod`; or a directory that holds a version (`./kept/product_a/1.1.0`), also a staged one
 * @param after the same; a version or an alias alone (`1.2.0`, `@candidate`) is of the same data set and config
 * @throws DatasetsError as `findVersion` and `diffVersions`
 * @example
 * ```ts
 * const { bump, splits } = await diffReferences('product_a:1.1.0', '1.2.0', await loadConfig());
 * ```
 */
export async function diffReferences(
  before: string,
  after: string,
  config: ResolvedConfig,
  options: DiffReferencesOptions = {},
): Promise<ReferenceDiff> {
  const later = completed(after, before);
  const old = await locateFiles(before, config, options);
  const now = await locateFiles(later, config, options);
  const diff = await diffVersions(old, now, options);
  return { bump: requiredBump(diff), ...diff };
}

/** `1.2.0` and `@prod` of what stands before them. */
function completed(after: string, before: string): string {
  if (!isVersionPattern(after) && !after.startsWith('@')) return after;
  if (isDirectoryName(before)) {
    throw new DatasetsError('USAGE', `${after} is of no data set: ${before} is a directory`, {
      hint: `Name the data set as well: product_a:${after}`,
    });
  }
  const { name, config } = parseReference(before);
  if (after.startsWith('@')) return `${name}${after}`;
  return `${config === undefined ? name : `${name}/${config}`}:${after}`;
}
