import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ArrowNode, ColumnBatch, Leaf } from '../../src/features/index.js';
import {
  type ArrowSchema,
  createArrowWriter,
  createColumnBuilder,
  openArrow,
  type RangeSource,
} from '../../src/formats/index.js';
import { requireOracle } from '../oracle/index.js';
import { nestedColumns, nestedValue, plainBatch } from './plain-columns.js';
import { arbitrarySample, encodeRows, type Sample, shownValue } from './sample-rows.js';
import { arbitraryTreeSample } from './sample-trees.js';

/** A table whose fields are the leaves themselves, in lists for their sequences. */
function schemaOf(leaves: readonly Leaf[], metadata: Record<string, string> = {}): ArrowSchema {
  const fields = leaves.map((leaf, index) => {
    const values: ArrowNode = { kind: 'values', leaf: index };
    const node = leaf.sequences.reduceRight<ArrowNode>(
      (item, length, level) => ({ kind: 'list', length, level, item }),
      values,
    );
    return { name: leaf.key, node };
  });
  return { root: { kind: 'struct', fields }, leaves, metadata };
}

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
