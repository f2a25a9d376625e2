import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ColumnBatch } from '../../src/features/index.js';
import {
  type ArrowSchema,
  createColumnBuilder,
  openColumns,
  type ParquetOptions,
  parquetWriters,
  type RangeSource,
} from '../../src/formats/index.js';
import { requireOracle } from '../oracle/index.js';
import { nestedColumns, nestedValue, plainBatch } from './plain-columns.js';
import { arbitrarySample, encodeRows, type Sample, shownValue } from './sample-rows.js';
import { schemaOf } from './sample-schema.js';
import { arbitraryTreeSample } from './sample-trees.js';

async function writeParquet(schema: ArrowSchema, sample: Sample, options?: ParquetOptions): Promise<Buffer> {
  const { bytes, view, offsets } = encodeRows(sample.leaves, sample.rows);
  const chunks: Uint8Array[] = [];
  const writer = (await parquetWriters(options))(schema, (chunk) => chunks.push(chunk.slice()));
  writer.appendRows(view, bytes, offsets, 0, offsets.length);
  writer.close();
  return Buffer.concat(chunks);
}

function sourceOf(file: Uint8Array): RangeSource {
  return { bytes: file.length, read: async (offset, length) => file.subarray(offset, offset + length) };
}

async function readAll(file: Uint8Array, schema: ArrowSchema): Promise<ColumnBatch[]> {
  const batches: ColumnBatch[] = [];
  for await (const batch of await openColumns('parquet', sourceOf(file), schema, 'test.parquet')) batches.push(batch);
  return batches;
}

function columnsOf({ leaves, rows }: Sample): ColumnBatch {
  const { bytes, view, offsets } = encodeRows(leaves, rows);
  const builder = createColumnBuilder(leaves);
  builder.appendRows(view, bytes, offsets, 0, offsets.length);
  return builder.finish();
}

/** A sample's rows in the batches that `small` makes of them. */
function smallBatches({ leaves, rows }: Sample): unknown[] {
  const parts = Array.from({ length: Math.ceil(rows.length / 3) }, (_, i) => rows.slice(3 * i, 3 * i + 3));
  return parts.map((part) => plainBatch(columnsOf({ leaves, rows: part })));
}

/** Few rows in many groups and pages. */
const small: ParquetOptions = { groupRows: 3, pageBytes: 8 };
const nestedSample = arbitraryTreeSample((leaf, value) => nestedValue(leaf, value, (v) => shownValue(leaf, v)));

describe('Parquet files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-test-'));
  const file = join(folder, 'written.parquet');
  after(() => rmSync(folder, { recursive: true }));

  it('give back the columns that were written', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrarySample(8), async (sample) => {
        const schema = schemaOf(sample.leaves);
        const read = await readAll(await writeParquet(schema, sample, small), schema);
        assert.deepEqual(read.map(plainBatch), smallBatches(sample));
      }),
      { numRuns: 300 },
    );
  });

  it('give back nested, optional and media columns', async () => {
    await fc.assert(
      fc.asyncProperty(nestedSample, async (sample) => {
        const schema = { ...sample, metadata: {} };
        const read = await readAll(await writeParquet(schema, sample, small), schema);
        assert.deepEqual(read.map(plainBatch), smallBatches(sample));
      }),
      { numRuns: 500 },
    );
  });

  it('are valid to pyarrow, which reads every value', async function () {
    const oracle = requireOracle(this);
    for (const [i, sample] of fc.sample(arbitrarySample(8), { numRuns: 80, seed: 3 }).entries()) {
      const schema = schemaOf(sample.leaves, { huggingface: '{}' });
      writeFileSync(file, await writeParquet(schema, sample, i % 2 === 0 ? small : {}));
      const table = (await oracle.call('arrow.read_parquet', { file })) as {
        columns: unknown;
        schema: { metadata: unknown };
      };
      assert.deepEqual(table.columns, nestedColumns(sample.leaves, sample.rows, shownValue));
      assert.deepEqual(table.schema.metadata, { huggingface: '{}' });
    }
  });

  it('show nested, optional and media columns to pyarrow as they are', async function () {
    const oracle = requireOracle(this);
    for (const [i, sample] of fc.sample(nestedSample, { numRuns: 150, seed: 4 }).entries()) {
      writeFileSync(file, await writeParquet({ ...sample, metadata: {} }, sample, i % 2 === 0 ? small : {}));
      const table = (await oracle.call('arrow.read_parquet', { file })) as { columns: unknown };
      assert.deepEqual(table.columns, sample.shown);
    }
  });
});
