import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { DatasetsError } from '../../src/core/errors/index.js';
import { createDecoder, type DType, features, scalar } from '../../src/features/index.js';
import { arrowSchemaOf, type ParquetOptions, parquetWriters } from '../../src/formats/index.js';
import { encodeRows as encodeExamples } from '../features/round-trip.js';
import { plain, requireOracle } from '../oracle/index.js';
import { columnsOf, readParquet, writeParquet } from './parquet-file.js';
import { nestedColumns, nestedValue, plainBatch } from './plain-columns.js';
import {
  arbitrarySample,
  encodeRows,
  type LeafValue,
  leaf,
  type Sample,
  shownValue,
  sortLeaves,
} from './sample-rows.js';
import { schemaOf } from './sample-schema.js';
import { arbitraryTreeSample } from './sample-trees.js';

/** Few rows in many groups and pages. */
const small: ParquetOptions = { groupRows: 3, pageBytes: 8 };
const nestedSample = arbitraryTreeSample((leaf, value) => nestedValue(leaf, value, (v) => shownValue(leaf, v)));

/** A sample's rows in the batches that `small` makes of them. */
function smallBatches({ leaves, rows }: Sample): unknown[] {
  const parts = Array.from({ length: Math.ceil(rows.length / 3) }, (_, i) => rows.slice(3 * i, 3 * i + 3));
  return parts.map((part) => plainBatch(columnsOf({ leaves, rows: part })));
}

/** Rows of one value each; undefined is an absent one. */
function columnSample(
  dtype: DType,
  values: readonly (number | bigint | Uint8Array | undefined)[],
  text = false,
): Sample {
  const leaves = [leaf('x', dtype, { optional: true, text })];
  const rows = values.map((value) => [value === undefined ? undefined : { lengths: [], counts: [1], values: [value] }]);
  return { leaves, rows };
}

const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

interface Chunk {
  readonly path: string;
  readonly compression: string;
  readonly encodings: readonly string[];
  readonly nulls: number;
  readonly extremes: readonly unknown[] | null;
  readonly signs: readonly number[] | null;
  readonly counted: { readonly nulls: number; readonly extremes: readonly unknown[] | null };
}

describe('Parquet files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-test-'));
  const file = join(folder, 'written.parquet');
  after(() => rmSync(folder, { recursive: true }));

  it('give back the columns that were written', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrarySample(8), async (sample) => {
        const schema = schemaOf(sample.leaves);
        const read = await readParquet(await writeParquet(schema, sample, small), schema);
        assert.deepEqual(read.map(plainBatch), smallBatches(sample));
      }),
      { numRuns: 300 },
    );
  });

  it('give back nested, optional and media columns', async () => {
    await fc.assert(
      fc.asyncProperty(nestedSample, async (sample) => {
        const schema = { ...sample, metadata: {} };
        const read = await readParquet(await writeParquet(schema, sample, small), schema);
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

  it('are read here as pyarrow writes them, in every codec and kind of page', async function () {
    const oracle = requireOracle(this);
    const codecs = ['NONE', 'SNAPPY', 'GZIP', 'BROTLI', 'LZ4', 'ZSTD'];
    for (const [i, sample] of fc.sample(nestedSample, { numRuns: 60, seed: 5 }).entries()) {
      const schema = { ...sample, metadata: {} };
      writeFileSync(file, await writeParquet(schema, sample));
      const options = {
        compression: codecs[i % codecs.length],
        use_dictionary: i % 4 < 2,
        data_page_version: i % 3 === 0 ? '2.0' : '1.0',
        row_group_size: 3,
        data_page_size: 16,
        write_page_checksum: i % 5 === 0,
        store_schema: i % 7 !== 0,
      };
      const target = join(folder, 'theirs.parquet');
      await oracle.call('arrow.rewrite_parquet', { source: file, target, options });
      const read = await readParquet(readFileSync(target), schema);
      assert.deepEqual(read.map(plainBatch), smallBatches(sample), JSON.stringify(options));
    }
  });

  it('have the same bytes however the rows are passed to the writer', async () => {
    const leaves = sortLeaves([leaf('n', 'int64'), leaf('t', 'string', { text: true })]);
    const value = (v: bigint | Uint8Array): LeafValue => ({ lengths: [], counts: [1], values: [v] });
    const rows = Array.from({ length: 20_000 }, (_, i) => [value(BigInt(i)), value(utf8(`t${i % 50}`))]);
    const { bytes, view, offsets } = encodeRows(leaves, rows);
    const openWriter = await parquetWriters({ groupRows: 6_000, pageBytes: 4096 });
    const write = (step: number): Buffer => {
      const chunks: Uint8Array[] = [];
      const writer = openWriter(schemaOf(leaves), (chunk) => chunks.push(chunk.slice()));
      for (let from = 0; from < rows.length; from += step) {
        writer.appendRows(view, bytes, offsets, from, Math.min(rows.length, from + step));
      }
      writer.close();
      assert.equal(writer.rows, rows.length);
      return Buffer.concat(chunks);
    };
    const whole = write(rows.length);
    for (const step of [1, 777, 6_000, 6_001]) assert.ok(write(step).equals(whole), `in parts of ${step}`);
    const read = await readParquet(whole, schemaOf(leaves));
    assert.deepEqual(
      read.map((batch) => batch.rows),
      [6_000, 6_000, 6_000, 2_000],
    );
  });

  it('hold few distinct values as a dictionary, and many as they are', async function () {
    const oracle = requireOracle(this);
    const dtypes = ['string', 'int64', 'float32', 'int16', 'uint8'] as const;
    const schema = features(Object.fromEntries(dtypes.map((dtype) => [dtype, scalar(dtype)])));
    for (const count of [7, 300, 8_000, 40_000]) {
      const examples = Array.from({ length: 40_000 }, (_, i) => {
        const j = (i * 7919) % count;
        return { string: `value ${j}`, int64: j - 20_000, float32: j / 8, int16: j - 20_000, uint8: j % 256 };
      });
      const { arena, starts } = encodeExamples(schema, examples);
      const chunks: Uint8Array[] = [];
      const writer = (await parquetWriters())(arrowSchemaOf(schema), (chunk) => chunks.push(chunk.slice()));
      writer.appendRows(arena.view, arena.bytes, starts, 0, starts.length);
      writer.close();
      writeFileSync(file, Buffer.concat(chunks));
      for (const { path, encodings } of (await oracle.call('arrow.parquet_chunks', { file })) as Chunk[]) {
        const isFew = count <= 8_000 || path === 'uint8';
        assert.equal(encodings.includes('RLE_DICTIONARY'), isFew, `${path} of ${count} distinct values`);
      }
      const totals = examples.reduce(
        (sums, { string, int64, float32, int16, uint8 }) => ({
          string: sums.string + string.length,
          int64: sums.int64 + int64,
          float32: sums.float32 + float32,
          int16: sums.int16 + int16,
          uint8: sums.uint8 + uint8,
        }),
        { string: 0, int64: 0, float32: 0, int16: 0, uint8: 0 },
      );
      assert.deepEqual(await oracle.call('arrow.sum_parquet', { file }), totals);
      const [read] = await readParquet(readFileSync(file), arrowSchemaOf(schema));
      const decoded = read === undefined ? undefined : createDecoder(schema).rows(read);
      for (const [i, example] of examples.entries()) {
        if (i % 97 === 0)
          assert.deepEqual({ ...(decoded?.get(i) as object) }, { ...example, int64: BigInt(example.int64) });
      }
    }
  });

  it('tell pyarrow the extremes and nulls that it counts itself', async function () {
    const oracle = requireOracle(this);
    const samples = fc.sample(arbitrarySample(12), { numRuns: 150, seed: 6 });
    let compared = 0;
    for (const sample of samples) {
      const flat = sample.leaves.filter(({ sequences, shape }) => sequences.length + shape.length === 0);
      const picked = {
        leaves: flat,
        rows: sample.rows.map((row) => row.filter((_, i) => flat.includes(sample.leaves[i] as never))),
      };
      if (flat.length === 0) continue;
      writeFileSync(file, await writeParquet(schemaOf(flat), picked, { groupRows: 5 }));
      for (const chunk of (await oracle.call('arrow.parquet_chunks', { file })) as Chunk[]) {
        assert.equal(chunk.nulls, chunk.counted.nulls);
        if (chunk.extremes === null) continue;
        compared++;
        assert.deepEqual(chunk.extremes.map(unsigned), chunk.counted.extremes?.map(unsigned), chunk.path);
      }
    }
    assert.ok(compared > 60, `${compared} chunks`);
  });

  it('leave extremes out where readers would not agree on them, and sign zeros as the specification asks', async function () {
    const oracle = requireOracle(this);
    const extremes = async (sample: Sample): Promise<Chunk | undefined> => {
      writeFileSync(file, await writeParquet(schemaOf(sample.leaves), sample));
      return ((await oracle.call('arrow.parquet_chunks', { file })) as Chunk[])[0];
    };
    assert.equal((await extremes(columnSample('float32', [1, Number.NaN, 2])))?.extremes, null);
    assert.equal((await extremes(columnSample('float64', [1, Number.NaN])))?.extremes, null);
    assert.equal((await extremes(columnSample('float16', [1n, 2n])))?.extremes, null);
    assert.equal((await extremes(columnSample('int32', [undefined, undefined])))?.extremes, null);
    assert.equal((await extremes(columnSample('string', [utf8('a'), new Uint8Array(65)])))?.extremes, null);
    assert.deepEqual((await extremes(columnSample('float64', [0, -0])))?.signs, [-1, 1]);
    assert.deepEqual((await extremes(columnSample('float32', [-0, -0])))?.signs, [-1, 1]);
    const top = 2n ** 64n - 1n;
    assert.deepEqual((await extremes(columnSample('uint64', [0n, top, 5n])))?.extremes, [0, top]);
    assert.deepEqual((await extremes(columnSample('int64', [2n ** 53n + 1n, -(2n ** 63n)])))?.extremes, [
      -(2n ** 63n),
      2n ** 53n + 1n,
    ]);
  });

  it('store what is compressed already as it is', async function () {
    const oracle = requireOracle(this);
    const noise = Array.from({ length: 50 }, (_, i) =>
      Uint8Array.from({ length: 4_000 }, (_, j) => mix(i * 4_000 + j)),
    );
    const sample = columnSample('string', noise);
    writeFileSync(file, await writeParquet(schemaOf(sample.leaves), sample));
    const [chunk] = (await oracle.call('arrow.parquet_chunks', { file })) as Chunk[];
    assert.equal(chunk?.compression, 'UNCOMPRESSED');
    assert.deepEqual(
      plain(((await oracle.call('arrow.read_parquet', { file })) as { columns: { x: unknown } }).columns.x),
      noise,
    );
  });

  it('are refused where they were cut short or changed, and never read past their end', async () => {
    const samples = fc.sample(nestedSample, { numRuns: 30, seed: 12 });
    let refused = 0;
    for (const one of samples) {
      const schema = { ...one, metadata: {} };
      const whole = await writeParquet(schema, one, small);
      const expected = smallBatches(one);
      for (let i = 0; i < 40; i++) {
        const damaged = Buffer.from(whole);
        const where = mix(i * 31) * 256 + mix(i * 17 + 3);
        const cut = i % 4 === 0;
        if (!cut) damaged[where % whole.length] = (damaged[where % whole.length] ?? 0) ^ (1 << (i % 8));
        try {
          const read = await readParquet(cut ? damaged.subarray(0, where % whole.length) : damaged, schema);
          // A bit of a statistic or a name that nobody reads.
          assert.deepEqual(read.map(plainBatch), expected);
        } catch (error) {
          assert.ok(error instanceof DatasetsError, String(error));
          assert.equal(error.code, 'DATA_CORRUPT', error.message);
          assert.equal(error.at.file, 'test.parquet');
          refused++;
        }
      }
    }
    assert.ok(refused > 450, `${refused} of 1200`);
  });
});

/** Zeros alike: their signs are a convention of their own. */
function unsigned(value: unknown): unknown {
  return value === 0 ? 0 : value;
}

/** Noise from a number: a byte. */
function mix(number: number): number {
  const once = Math.imul(number ^ 0x9e37_79b9, 0x85eb_ca6b);
  return (Math.imul(once ^ (once >>> 13), 0xc2b2_ae35) >>> 20) & 255;
}
