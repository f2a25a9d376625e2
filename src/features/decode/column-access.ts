import { DatasetsError } from '../../core/errors/index.js';
import type { ByteValues, Column, NumericArray } from '../columns.js';

export function numbersOf(column: Column): NumericArray {
  if (column.values.kind === 'numeric') return column.values.data;
  throw mismatch(column, 'numbers');
}

export function bytesOf(column: Column): ByteValues {
  if (column.values.kind === 'bytes') return column.values;
  throw mismatch(column, 'bytes');
}

function mismatch(column: Column, expected: string): DatasetsError {
  return new DatasetsError(
    'INTERNAL',
    `the column ${column.leaf.key} holds ${column.values.kind} values, not ${expected}`,
    {
      hint: 'The reader of the file and the schema disagree; please report this.',
    },
  );
}

/** Where the elements of a level lie in the one below it. */
export function offsetsAt(column: Column, level: number): Int32Array {
  const offsets = column.sequenceOffsets[level];
  if (offsets !== undefined) return offsets;
  throw new DatasetsError('INTERNAL', `the column ${column.leaf.key} lacks the offsets of level ${level}`, {
    hint: 'The reader of the file and the schema disagree; please report this.',
  });
}

/** For each row the index of its value, or -1 where it is absent: absent rows have no values. */
export function presentItems(presence: Uint8Array, rows: number): Int32Array {
  const items = new Int32Array(rows);
  let item = 0;
  for (let row = 0; row < rows; row++) items[row] = presence[row] === 0 ? -1 : item++;
  return items;
}
