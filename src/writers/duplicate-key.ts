import { DatasetsError } from '../core/errors/index.js';
import { type AnyFeature, rowWords } from '../features/index.js';
import type { ShardTask } from './contract.js';
import { showKey } from './show-key.js';
import type { SortedGroup } from './sorted-groups.js';

/** The error for two rows with the same hash: what they are and where they came from. */
export function duplicateKey(task: ShardTask, _schema: AnyFeature, group: SortedGroup): DatasetsError {
  const rows = [0, 1]
    .map((next) => describeRow(group, group.order[group.equalAt + next] as number))
    .sort((a, b) => (a.where < b.where ? -1 : 1));
  const [first, second] = rows as [DescribedRow, DescribedRow];
  const sameKey = Buffer.compare(first.key, second.key) === 0;
  const shown = (row: DescribedRow): string => showKey(task.split, row.key, task.privateKeys ?? false);
  const what = sameKey
    ? `two examples of split '${task.split}' have the key ${shown(first)}`
    : `two examples of split '${task.split}' have keys of the same hash, ${shown(first)} and ${shown(second)}`;
  return new DatasetsError('KEY_DUPLICATE', [what, ...rows.map(({ where }) => `  ${where}`)].join('\n'), {
    hint: sameKey
      ? "Make keys unique in a split: use the row's id, or the file's name with the line's number."
      : 'Change one of the keys, for all versions to come: md5(split, key) decides the order of the examples.',
    at: { split: task.split, key: shown(first), source: first.where },
  });
}

interface DescribedRow {
  readonly key: Uint8Array;
  readonly where: string;
}

function describeRow(group: SortedGroup, row: number): DescribedRow {
  const { view, bytes } = group;
  const end = row + view.getUint32(row + 4 * rowWords.rowBytes, true);
  const keyBytes = view.getUint32(row + 4 * rowWords.keyBytes, true);
  const start = end - ((keyBytes + 3) & ~3);
  const ordinal = view.getUint32(row + 4 * rowWords.ordinal, true);
  return {
    key: bytes.slice(start, start + keyBytes),
    where: `example ${ordinal} of ${group.sliceOf(row).sourceShard}`,
  };
}
