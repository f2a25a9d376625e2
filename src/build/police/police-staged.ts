import { locateVersion } from '../../cache/index.js';
import { formatReference, parseVersion } from '../../core/names/index.js';
import type { LeftFiles } from '../../engines/index.js';
import { bumpBetween, bumpTooSmall, diffVersions, isUndecided } from '../../quality/index.js';
import type { StagedVersion } from '../../registry/index.js';
import type { BuildOptions } from '../build-options.js';
import { previousOf } from '../previous-version.js';
import type { BuildTarget } from '../target.js';
import { stagedFiles } from './staged-files.js';

/**
 * Compares a new version with the newest one before it, unless its number says that everything may differ.
 *
 * Snapshots are not looked at: they differ because time has passed, which is for guards and drift. Neither are samples, nor what is built again to be compared.
 *
 * @param left shards that workers left in a bucket
 * @returns warnings: what could not be compared
 * @throws DatasetsError VERSION_BUMP_TOO_SMALL
 */
export async function policeStaged(
  staged: StagedVersion,
  target: BuildTarget,
  left: LeftFiles | undefined,
  options: BuildOptions,
): Promise<readonly string[]> {
  if (target.snapshot !== undefined || options.upstream !== undefined || options.maxExamplesPerSplit !== undefined) {
    return [];
  }
  const { registry } = staged;
  const previous = await previousOf(target, registry);
  if (previous === undefined) return [];
  const { name, config, version: after } = staged;
  const before = parseVersion(previous.version);
  if (bumpBetween(before, after) === 'major') return [];
  const reference = { name, config, version: before, alias: undefined };
  const { files } = await locateVersion(registry, reference, { ...options.config, ignoreYank: true });
  const now = stagedFiles(staged, left);
  try {
    const diff = await diffVersions(files, now.files);
    const directory = left === undefined ? staged.directory : undefined;
    const refusal = bumpTooSmall(diff, { name, config, before, after, left: directory });
    if (refusal !== undefined) throw refusal;
    if (!isUndecided(diff)) return [];
    return [
      `nobody can tell whether its examples are those of ${formatReference(reference)}: ${diff.notes.join('; ')}`,
    ];
  } finally {
    await now.close();
  }
}
