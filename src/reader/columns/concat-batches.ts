import {
  type ByteValues,
  type Column,
  type ColumnBatch,
  itemSize,
  type Leaf,
  type NumericArray,
  type NumericValues,
} from '../../features/index.js';
import { countPresent } from './slice-batch.js';

/**
 * Joins batches of the same leaves into one with memory of its own, and with offsets that begin at 0.
 *
 * Of a single batch this is a copy that outlives the reader's next step.
 */
export function concatBatches(batches: readonly ColumnBatch[]): ColumnBatch {
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const columns = (batches[0]?.columns ?? []).map(({ leaf }, index) => {
    const parts = batches.map((batch) => ({ rows: batch.rows, column: batch.columns[index] as Column }));
    return concatColumn(leaf, parts);
  });
  return { rows, columns };
}

interface Part {
  readonly rows: number;
  readonly column: Column;
}

/** Elements `from .. to` of a level (or the values) of one part. */
interface Range {
  readonly column: Column;
  readonly from: number;
  readonly to: number;
}

function concatColumn(leaf: Leaf, parts: readonly Part[]): Column {
  let ranges: readonly Range[] = parts.map(({ column, rows }) => ({
    column,
    from: 0,
    to: column.presence === undefined ? rows : countPresent(column.presence, 0, rows),
  }));
  const sequenceOffsets = leaf.sequences.map((_, level) => {
    const lists = (column: Column) => column.sequenceOffsets[level] as Int32Array;
    const joined = concatOffsets(ranges, lists);
    ranges = inside(ranges, lists);
    return joined;
  });
  const size = itemSize(leaf);
  let itemOffsets: Int32Array | undefined;
  if (size === null) {
    const items = (column: Column) => column.itemOffsets as Int32Array;
    itemOffsets = concatOffsets(ranges, items);
    ranges = inside(ranges, items);
  } else {
    ranges = ranges.map(({ column, from, to }) => ({ column, from: from * size, to: to * size }));
  }
  return { leaf, sequenceOffsets, itemOffsets, presence: concatPresence(parts), values: concatValues(ranges) };
}

function inside(ranges: readonly Range[], offsetsOf: (column: Column) => Int32Array): readonly Range[] {
  return ranges.map(({ column, from, to }) => {
    const offsets = offsetsOf(column);
    return { column, from: offsets[from] as number, to: offsets[to] as number };
  });
}

function concatOffsets(ranges: readonly Range[], offsetsOf: (column: Column) => Int32Array): Int32Array {
  const joined = new Int32Array(ranges.reduce((sum, { from, to }) => sum + to - from, 1));
  let at = 0;
  for (const { column, from, to } of ranges) {
    const offsets = offsetsOf(column);
    const shift = (joined[at] as number) - (offsets[from] as number);
    for (let i = from + 1; i <= to; i++) joined[++at] = (offsets[i] as number) + shift;
  }
  return joined;
}

function concatPresence(parts: readonly Part[]): Uint8Array | undefined {
  if (parts[0]?.column.presence === undefined) return undefined;
  const joined = new Uint8Array(parts.reduce((sum, { rows }) => sum + rows, 0));
  let at = 0;
  for (const { rows, column } of parts) {
    if (column.presence !== undefined) joined.set(column.presence.subarray(0, rows), at);
    at += rows;
  }
  return joined;
}

function concatValues(ranges: readonly Range[]): NumericValues | ByteValues {
  const numeric = ranges.flatMap(({ column: { values }, from, to }) =>
    values.kind === 'numeric' ? [values.data.subarray(from, to)] : [],
  );
  const [first] = numeric;
  if (first !== undefined) return { kind: 'numeric', data: concatNumbers(first, numeric) };
  const strings = (column: Column) => (column.values as ByteValues).offsets;
  const offsets = concatOffsets(ranges, strings);
  const bytes = new Uint8Array(offsets.at(-1) ?? 0);
  let at = 0;
  for (const { column, from, to } of inside(ranges, strings)) {
    bytes.set((column.values as ByteValues).bytes.subarray(from, to), at);
    at += to - from;
  }
  return { kind: 'bytes', offsets, bytes };
}

function concatNumbers(first: NumericArray, parts: readonly NumericArray[]): NumericArray {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = new (first.constructor as new (length: number) => NumericArray)(length);
  const bytes = new Uint8Array(joined.buffer);
  let at = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return joined;
}
