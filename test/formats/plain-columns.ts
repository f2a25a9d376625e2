import type { Column, ColumnBatch, Leaf } from '../../src/features/index.js';
import type { LeafValue, SampleRow } from './sample-rows.js';

/** A batch as plain lists: equal for equal content, however its arrays lie in memory. */
export function plainBatch({ rows, columns }: ColumnBatch): unknown {
  return { rows, columns: columns.map((column) => plainColumn(column, rows)) };
}

function plainColumn(column: Column, rows: number): unknown {
  const { leaf, sequenceOffsets, itemOffsets, presence, values } = column;
  let elements = presence === undefined ? rows : presence.subarray(0, rows).reduce((a, b) => a + b, 0);
  let start = 0;
  const lengthsOf = (offsets: Int32Array): number[] => {
    const used = [...offsets.subarray(start, start + elements + 1)];
    start = used[0] ?? 0;
    elements = (used.at(-1) ?? 0) - start;
    return used.slice(1).map((end, i) => end - (used[i] ?? 0));
  };
  const lengths = sequenceOffsets.map(lengthsOf);
  const counts = itemOffsets === undefined ? undefined : lengthsOf(itemOffsets);
  if (counts === undefined) {
    const size = leaf.shape.reduce<number>((product, dimension) => product * (dimension ?? 1), 1);
    start *= size;
    elements *= size;
  }
  const plainValues =
    values.kind === 'numeric'
      ? [...values.data.subarray(start, start + elements)]
      : Array.from({ length: elements }, (_, i) =>
          Buffer.from(values.bytes.subarray(values.offsets[start + i], values.offsets[start + i + 1])).toString(
            'latin1',
          ),
        );
  return { leaf, presence: presence && [...presence.subarray(0, rows)], lengths, counts, values: plainValues };
}

/** The value of a leaf as nested lists, as Python shows it: null where it is absent. */
export function nestedValue(
  leaf: Leaf,
  value: LeafValue | undefined,
  show: (value: LeafValue['values'][number]) => unknown,
): unknown {
  if (value === undefined) return null;
  let values: readonly unknown[] = value.values.map(show);
  values = leaf.shape.includes(null)
    ? split(values, value.counts).map((item) => tensor(leaf.shape, item))
    : tensorsOf(leaf.shape, values);
  for (const lengths of [...value.lengths].reverse()) values = split(values, lengths);
  return values[0];
}

function split(values: readonly unknown[], lengths: readonly number[]): unknown[][] {
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return values.slice(at - length, at);
  });
}

function tensorsOf(shape: readonly (number | null)[], values: readonly unknown[]): readonly unknown[] {
  return [...shape].reverse().reduce<readonly unknown[]>((inner, dimension) => {
    return split(
      inner,
      Array.from({ length: inner.length / (dimension ?? 1) }, () => dimension ?? 1),
    );
  }, values);
}

function tensor(shape: readonly (number | null)[], item: readonly unknown[]): unknown {
  const known = shape.reduce<number>((product, dimension) => product * (dimension ?? 1), 1);
  const length = item.length / known;
  const outer = shape
    .slice(0, shape.indexOf(null))
    .reduce<number>((product, dimension) => product * (dimension ?? 1), 1);
  // Without values every inner list is empty, but the outer dimensions are there.
  if (length === 0) return emptyTensor(shape.slice(0, shape.indexOf(null)), outer);
  return tensorsOf(
    shape.map((dimension) => dimension ?? length),
    item,
  )[0];
}

function emptyTensor(outerShape: readonly (number | null)[], lists: number): unknown {
  return tensorsOf(
    outerShape,
    Array.from({ length: lists }, () => []),
  )[0];
}

/** Rows as pyarrow shows the columns of a table whose fields are the leaves. */
export function nestedColumns(
  leaves: readonly Leaf[],
  rows: readonly SampleRow[],
  show: (leaf: Leaf, value: LeafValue['values'][number]) => unknown,
): Record<string, unknown[]> {
  return Object.fromEntries(
    leaves.map((leaf, i) => [leaf.key, rows.map((row) => nestedValue(leaf, row[i], (value) => show(leaf, value)))]),
  );
}
