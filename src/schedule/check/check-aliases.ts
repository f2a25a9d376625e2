import { type DatasetName, formatReference } from '../../core/names/index.js';
import { listAliases, type Registry } from '../../registry/index.js';
import type { CheckFinding } from './check-report.js';
import type { PublishedVersion } from './published.js';

/** Which aliases of a data set stand for a version that was yanked, or is not there any more. */
export async function checkAliases(
  name: DatasetName,
  published: readonly PublishedVersion[],
  registry: Registry,
): Promise<readonly CheckFinding[]> {
  if (published.length === 0) return [];
  return (await listAliases(registry, name)).flatMap(({ alias, target }) => {
    if (target === undefined) return [];
    const reference = formatReference({ name, ...target });
    const version = published.find((candidate) => candidate.reference === reference);
    if (version !== undefined && !version.isYanked) return [];
    const why = version === undefined ? 'was removed' : 'is not to be used any more';
    const finding: CheckFinding = {
      ...{ severity: 'error', problem: 'alias-broken', dataset: name, config: target.config },
      message: `${name}@${alias} stands for ${reference}, which ${why}`,
      hint: `ailab-datasets rollback ${name} ${alias}, or promote another version.`,
    };
    return [finding];
  });
}
