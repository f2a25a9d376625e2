import { DatasetsError } from '../../core/errors/index.js';
import type { GraphNode } from '../../pipeline/index.js';
import type { JoinReport } from '../task/task.js';

const maxShownKeys = 3;

/**
 * Adds up what found no partner in a join.
 *
 * @returns counters for the manifest.
 * @throws DatasetsError JOIN_UNMATCHED above the author's limit, with a few of the keys.
 */
export function checkJoin(node: GraphNode, reports: readonly JoinReport[]): Record<string, number> {
  const { maxUnmatched, rightUnmatched } = node.options as {
    readonly maxUnmatched: number | null;
    readonly rightUnmatched: 'ignore' | 'count';
  };
  const matched = reports.reduce((sum, report) => sum + report.leftMatched, 0);
  const left = reports.reduce((sum, report) => sum + report.left, 0);
  const right = reports.reduce((sum, report) => sum + report.right, 0);
  const counted = left + (rightUnmatched === 'count' ? right : 0);
  if (maxUnmatched !== null && counted > maxUnmatched) {
    const leftKeys = example(reports.flatMap((report) => report.leftKeys));
    const rightKeys = rightUnmatched === 'count' ? example(reports.flatMap((report) => report.rightKeys)) : '';
    const parts = [
      left > 0 ? `${left} on the left${leftKeys}` : '',
      rightUnmatched === 'count' && right > 0 ? `${right} on the right${rightKeys}` : '',
    ];
    throw new DatasetsError(
      'JOIN_UNMATCHED',
      `${node.name}: ${counted} elements found no partner, ${maxUnmatched} may: ${parts.filter((part) => part !== '').join('; ')}`,
      {
        hint: 'Compare the keys of both sides: their type (1 is not "1"), spaces, missing rows. Or raise maxUnmatched.',
        at: { transform: node.name },
      },
    );
  }
  return {
    [`${node.name} left matched`]: matched,
    [`${node.name} left unmatched`]: left,
    [`${node.name} right unmatched`]: right,
  };
}

function example(keys: readonly string[]): string {
  const shown = [...keys].sort().slice(0, maxShownKeys);
  return shown.length === 0 ? '' : ` (for example ${shown.join(', ')})`;
}
