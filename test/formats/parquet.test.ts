import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type ArrowSchema, type ParquetOptions, parquetWriters } from '../../src/formats/index.js';
import { requireOracle } from '../oracle/index.js';
import { nestedColumns, nestedValue } from './plain-columns.js';
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

/** Few rows in many groups and pages. */
const small: ParquetOptions = { groupRows: 3, pageBytes: 8 };
const nestedSample = arbitraryTreeSample((leaf, value) => nestedValue(leaf, value, (v) => shownValue(leaf, v)));

describe('Parquet files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-test-'));
  const file = join(folder, 'written.parquet');
  after(() => rmSync(folder, { recursive: true }));

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
