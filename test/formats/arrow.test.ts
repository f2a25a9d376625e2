import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ColumnBatch } from '../../src/features/index.js';
import {
  type ArrowBatchPlace,
  type ArrowSchema,
  createArrowRowWriter,
  createArrowWriter,
  createColumnBuilder,
  openArrow,
  type RangeSource,
  toArrowTable,
} from '../../src/formats/index.js';
import { requireOracle } from '../oracle/index.js';
import { nestedColumns, nestedValue, plainBatch } from './plain-columns.js';
import {
  arbitrarySample,
  encodeRows,
  type LeafValue,
  leaf,
  type Sample,
  type SampleRow,
  shownValue,
  sortLeaves,
} from './sample-rows.js';
import { schemaOf } from './sample-schema.js';
import { arbitraryTreeSample } from './sample-trees.js';

function columnsOf({ leaves, rows }: Sample): ColumnBatch {
  const { bytes, view, offsets } = encodeRows(leaves, rows);
  const builder = createColumnBuilder(leaves);
  builder.appendRows(view, bytes, offsets, 0, offsets.length);
  return builder.finish();
}

function writeArrow(schema: ArrowSchema, batches: readonly ColumnBatch[], cuts: readonly number[] = []): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = createArrowWriter(schema, (chunk) => chunks.push(chunk.slice()));
  for (const batch of batches) {
    const ends = [...new Set([...cuts.filter((cut) => cut < batch.rows), batch.rows])].sort((a, b) => a - b);
    for (const [i, end] of ends.entries()) writer.write(batch, ends[i - 1] ?? 0, end);
  }
  writer.close();
  return Buffer.concat(chunks);
}

function sourceOf(file: Uint8Array): RangeSource {
  return { bytes: file.length, read: async (offset, length) => file.subarray(offset, offset + length) };
}

async function readAll(file: Uint8Array, schema: ArrowSchema): Promise<ColumnBatch[]> {
  const batches: ColumnBatch[] = [];
  for await (const batch of await openArrow(sourceOf(file), schema, 'test.arrow')) batches.push(batch);
  return batches;
}

describe('Arrow streams', () => {
  const folder = mkdtempSync(join(tmpdir(), 'arrow-test-'));
  after(() => rmSync(folder, { recursive: true }));

  it('give back the columns that were written', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrarySample(8), async (sample) => {
        const schema = schemaOf(sample.leaves);
        const written = columnsOf(sample);
        const read = await readAll(writeArrow(schema, [written]), schema);
        assert.deepEqual(read.map(plainBatch), written.rows === 0 ? [] : [plainBatch(written)]);
      }),
      { numRuns: 300 },
    );
  });

  it('have the same bytes however the rows are passed to the writer', () => {
    const leaves = [leaf('n', 'int64')];
    const schema = schemaOf(leaves);
    const rows = Array.from(
      { length: 20_000 },
      (_, i): SampleRow => [{ lengths: [], counts: [1], values: [BigInt(i)] }],
    );
    const { bytes, view, offsets } = encodeRows(leaves, rows);
    const write = (step: number): Buffer => {
      const chunks: Uint8Array[] = [];
      const writer = createArrowRowWriter(schema, (chunk) => chunks.push(chunk.slice()));
      for (let from = 0; from < rows.length; from += step) {
        writer.appendRows(view, bytes, offsets, from, Math.min(rows.length, from + step));
      }
      writer.close();
      assert.equal(writer.rows, rows.length);
      return Buffer.concat(chunks);
    };
    const whole = write(rows.length);
    for (const step of [1, 777, 8192, 8193]) assert.ok(write(step).equals(whole), `in parts of ${step}`);
  });

  it('close a batch early when its rows are large', async () => {
    const leaves = [leaf('blob', 'string')];
    const schema = schemaOf(leaves);
    const row: SampleRow = [{ lengths: [], counts: [1], values: [new Uint8Array(3 << 20)] }];
    const { bytes, view, offsets } = encodeRows(
      leaves,
      Array.from({ length: 25 }, () => row),
    );
    const chunks: Uint8Array[] = [];
    const writer = createArrowRowWriter(schema, (chunk) => chunks.push(chunk.slice()));
    writer.appendRows(view, bytes, offsets, 0, offsets.length);
    writer.close();
    const batches = await readAll(Buffer.concat(chunks), schema);
    assert.deepEqual(
      batches.map((batch) => batch.rows),
      [11, 11, 3],
    );
  });

  it('can be read batch by batch, in any order', async () => {
    const leaves = [leaf('n', 'int32')];
    const schema = schemaOf(leaves);
    const rows = Array.from(
      { length: 20_000 },
      (_, i): SampleRow => [{ lengths: [], counts: [1], values: [BigInt(i)] }],
    );
    const reader = await openArrow(sourceOf(writeArrow(schema, [columnsOf({ leaves, rows })])), schema, 'test.arrow');
    const places: ArrowBatchPlace[] = [];
    for await (const place of reader.places()) places.push(place);
    const ranges = places.map((place) => [place.firstRow, place.rows]);
    assert.deepEqual(ranges, [
      [0, 8192],
      [8192, 8192],
      [16384, 3616],
    ]);
    for (const place of places.reverse()) {
      const { values } = (await reader.read(place)).columns[0] ?? assert.fail('no column');
      assert.equal(values.kind === 'numeric' && values.data[0], place.firstRow);
    }
  });

  it('become a table of apache-arrow', async () => {
    const leaves = sortLeaves([
      leaf('n', 'int64'),
      leaf('t', 'string', { text: true }),
      leaf('v', 'float32', { shape: [2] }),
    ]);
    const value = (...values: LeafValue['values']): LeafValue => ({ lengths: [], counts: [values.length], values });
    const rows = [1n, 2n].map((n): SampleRow => [value(n), value(Buffer.from(`t${n}`)), value(0.5, Number(n))]);
    const batch = columnsOf({ leaves, rows });
    const table = await toArrowTable([batch, batch], schemaOf(leaves));
    assert.equal(table.numRows, 4);
    assert.deepEqual([...(table.getChild('n') ?? [])], [1n, 2n, 1n, 2n]);
    assert.deepEqual([...(table.getChild('t') ?? [])], ['t1', 't2', 't1', 't2']);
    assert.deepEqual(table.getChild('v')?.get(3).toArray(), Float32Array.of(0.5, 2));
  });

  it('hold the rows of any part of a batch', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrarySample(8), fc.nat(8), async (sample, cut) => {
        const schema = schemaOf(sample.leaves);
        const from = Math.min(cut, sample.rows.length);
        const read = await readAll(writeArrow(schema, [columnsOf(sample)], [from]), schema);
        const parts = [sample.rows.slice(0, from), sample.rows.slice(from)].filter((rows) => rows.length > 0);
        const expected = parts.map((rows) => plainBatch(columnsOf({ leaves: sample.leaves, rows })));
        assert.deepEqual(read.map(plainBatch), expected);
      }),
      { numRuns: 200 },
    );
  });

  it('are valid to pyarrow, which reads every value', async function () {
    const oracle = requireOracle(this);
    const file = join(folder, 'written.arrow');
    for (const sample of fc.sample(arbitrarySample(4), { numRuns: 60, seed: 3 })) {
      writeFileSync(file, writeArrow(schemaOf(sample.leaves, { huggingface: '{}' }), [columnsOf(sample)], [1]));
      const table = (await oracle.call('arrow.read_stream', { file })) as {
        columns: unknown;
        schema: { metadata: unknown };
      };
      assert.deepEqual(table.columns, nestedColumns(sample.leaves, sample.rows, shownValue));
      assert.deepEqual(table.schema.metadata, { huggingface: '{}' });
    }
  });

  const nestedSample = arbitraryTreeSample((leaf, value) => nestedValue(leaf, value, (v) => shownValue(leaf, v)));

  it('give back nested, optional and media columns', async () => {
    await fc.assert(
      fc.asyncProperty(nestedSample, fc.nat(5), async (sample, cut) => {
        const schema = { ...sample, metadata: {} };
        const from = Math.min(cut, sample.rows.length);
        const read = await readAll(writeArrow(schema, [columnsOf(sample)], [from]), schema);
        const parts = [sample.rows.slice(0, from), sample.rows.slice(from)].filter((rows) => rows.length > 0);
        const expected = parts.map((rows) => plainBatch(columnsOf({ leaves: sample.leaves, rows })));
        assert.deepEqual(read.map(plainBatch), expected);
      }),
      { numRuns: 500 },
    );
  });

  it('show nested, optional and media columns to pyarrow as they are', async function () {
    const oracle = requireOracle(this);
    const file = join(folder, 'nested.arrow');
    for (const sample of fc.sample(nestedSample, { numRuns: 100, seed: 4 })) {
      writeFileSync(file, writeArrow({ ...sample, metadata: {} }, [columnsOf(sample)], [1]));
      const table = (await oracle.call('arrow.read_stream', { file })) as { columns: unknown };
      assert.deepEqual(table.columns, sample.shown);
    }
  });
});
