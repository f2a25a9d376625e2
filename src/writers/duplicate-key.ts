import { DatasetsError } from '../core/errors/index.js';
import { type AnyFeature, createDecoder, hidePrivate, leavesOf, rowWords } from '../features/index.js';
import { createColumnBuilder } from '../formats/index.js';
import type { ShardTask } from './contract.js';
import { showExample } from './show-example.js';
import { showKey } from './show-key.js';
import type { SortedGroup } from './sorted-groups.js';

/** The error for two rows with the same hash: both examples, with private fields hidden, and where they came from. */
export function duplicateKey(task: ShardTask, schema: AnyFeature, group: SortedGroup): DatasetsError {
  const rows = [0, 1]
    .map((next) => describeRow(schema, group, group.order[group.equalAt + next] as number))
    .sort((a, b) => (a.where < b.where ? -1 : 1));
  const [first, second] = rows as [DescribedRow, DescribedRow];
  const sameKey = Buffer.compare(first.key, second.key) === 0;
  const shown = (row: DescribedRow): string => showKey(task.split, row.key, task.privateKeys ?? false);
  const what = sameKey
    ? `two examples of split '${task.split}' have the key ${shown(first)}`
    : `two examples of split '${task.split}' have keys of the same hash, ${shown(first)} and ${shown(second)}`;
  const message = [what, ...rows.map(({ where, example }) => `  ${where}: ${example}`)].join('\n');
  return new DatasetsError('KEY_DUPLICATE', message, {
    hint: sameKey
      ? "Make keys unique in a split: use the row's id, or the file's name with the line's number."
      : 'Change one of the keys, for all versions to come: md5(split, key) decides the order of the examples.',
    at: { split: task.split, key: shown(first), source: first.where },
  });
}

interface DescribedRow {
  readonly key: Uint8Array;
  readonly where: string;
  readonly example: string;
}

function describeRow(schema: AnyFeature, group: SortedGroup, row: number): DescribedRow {
  const { view, bytes } = group;
  const end = row + view.getUint32(row + 4 * rowWords.rowBytes, true);
  const keyBytes = view.getUint32(row + 4 * rowWords.keyBytes, true);
  const start = end - ((keyBytes + 3) & ~3);
  const ordinal = view.getUint32(row + 4 * rowWords.ordinal, true);
  return {
    key: bytes.slice(start, start + keyBytes),
    where: `example ${ordinal} of ${group.sliceOf(row).sourceShard}`,
    example: showExample(hidePrivate(schema, decodeRow(schema, group, row))),
  };
}

function decodeRow(schema: AnyFeature, { view, bytes }: SortedGroup, row: number): unknown {
  const columns = createColumnBuilder(leavesOf(schema));
  columns.appendRow(view, bytes, row);
  return createDecoder(schema).rows(columns.finish()).get(0);
}
