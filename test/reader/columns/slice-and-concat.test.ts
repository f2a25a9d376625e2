import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type ColumnBatch,
  createDecoder,
  createRowEncoder,
  finishRow,
  leavesOf,
  RowArena,
} from '../../../src/features/index.js';
import { createColumnBuilder } from '../../../src/formats/index.js';
import { concatBatches } from '../../../src/reader/columns/concat-batches.js';
import { sliceBatch } from '../../../src/reader/columns/slice-batch.js';
import { plainExample, sampleExample, sampleSchema } from '../sample.js';

function batchOf(from: number, to: number): ColumnBatch {
  const encoder = createRowEncoder(sampleSchema);
  const builder = createColumnBuilder(leavesOf(sampleSchema));
  const arena = new RowArena(1 << 16);
  for (let i = from; i < to; i++) {
    const start = arena.position;
    encoder.encode(sampleExample(i), arena);
    finishRow(arena, start, i, i);
    builder.appendRow(arena.view, arena.bytes, start);
  }
  return builder.finish();
}

const decoder = createDecoder(sampleSchema);

function examplesOf(batch: ColumnBatch): readonly unknown[] {
  const rows = decoder.rows(batch);
  return Array.from({ length: batch.rows }, (_, row) => plainExample(rows.get(row)));
}

describe('column batches', () => {
  const whole = batchOf(0, 40);
  const all = examplesOf(whole);
  const range = fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

  it('are cut at any rows, and cut again', () => {
    fc.assert(
      fc.property(range, range, ([from, to], [innerFrom, innerTo]) => {
        const slice = sliceBatch(whole, from, to);
        assert.deepEqual(examplesOf(slice), all.slice(from, to));
        const [begin, end] = [Math.min(innerFrom, slice.rows), Math.min(innerTo, slice.rows)];
        assert.deepEqual(examplesOf(sliceBatch(slice, begin, end)), all.slice(from, to).slice(begin, end));
      }),
    );
  });

  it('are joined from any slices, with memory of their own', () => {
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 5 }), (ranges) => {
        const joined = concatBatches(ranges.map(([from, to]) => sliceBatch(whole, from, to)));
        assert.deepEqual(
          examplesOf(joined),
          ranges.flatMap(([from, to]) => all.slice(from, to)),
        );
        const buffers = new Set(whole.columns.flatMap((column) => column.sequenceOffsets.map(({ buffer }) => buffer)));
        assert.ok(joined.columns.every((column) => column.sequenceOffsets.every(({ buffer }) => !buffers.has(buffer))));
      }),
    );
  });
});
