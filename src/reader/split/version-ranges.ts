import { DatasetsError } from '../../core/errors/index.js';
import { formatReference } from '../../core/names/index.js';
import type { VersionInfo } from '../../registry/index.js';
import { type ExampleRange, resolveSplit } from './split-ranges.js';
import type { SplitSelector } from './split-selector.js';

/**
 * The examples of a version that a selector means.
 *
 * @throws DatasetsError SPLIT_UNKNOWN, SPLIT_EXPRESSION_INVALID, which name the version
 */
export function versionRanges(
  info: Pick<VersionInfo, 'name' | 'config' | 'version' | 'splits'>,
  selector: SplitSelector,
): readonly ExampleRange[] {
  try {
    return resolveSplit(selector, info.splits);
  } catch (error) {
    if (!(error instanceof DatasetsError)) throw error;
    const { code, message, hint, at } = error;
    throw new DatasetsError(code, `${formatReference(info)}: ${message}`, {
      ...(hint !== undefined && { hint }),
      at: { dataset: info.name, ...at },
    });
  }
}
