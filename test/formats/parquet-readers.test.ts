import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import fc from 'fast-check';
import { requireOracle } from '../oracle/index.js';
import { columnsOf, readParquet, writeParquet } from './parquet-file.js';
import { nestedValue, plainBatch } from './plain-columns.js';
import { leaf, type Sample, shownValue, sortLeaves } from './sample-rows.js';
import { schemaOf } from './sample-schema.js';
import { arbitraryTreeSample, type TreeSample } from './sample-trees.js';

const nestedSample = arbitraryTreeSample((leaf, value) => nestedValue(leaf, value, (v) => shownValue(leaf, v)));
const samples = (seed: number): readonly TreeSample[] => fc.sample(nestedSample, { numRuns: 80, seed });

describe('Parquet files, read by others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-readers-'));
  const file = join(folder, 'ours.parquet');
  after(() => rmSync(folder, { recursive: true }));

  it('DuckDB gets every value', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    try {
      for (const [i, sample] of samples(21).entries()) {
        const options = i % 2 === 0 ? { groupRows: 3, pageBytes: 8 } : {};
        writeFileSync(file, await writeParquet({ ...sample, metadata: {} }, sample, options));
        assert.deepEqual(await duckdbColumns(connection, file), sample.shown);
      }
    } finally {
      connection.closeSync();
    }
  });

  it('DuckDB skips row groups by their extremes, and finds every row all the same', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    try {
      const values = [...Array(3_000).keys()].map((i) => BigInt(i) * 3_000_000_000_000_000n);
      const rows = values.map((v) => [{ lengths: [], counts: [1], values: [v] }]);
      const leaves = [leaf('x', 'int64')];
      writeFileSync(file, await writeParquet(schemaOf(leaves), { leaves, rows }, { groupRows: 100 }));
      for (const value of [values[0], values[99], values[100], values[1_234], values[2_999]]) {
        const query = `SELECT count(*) AS n FROM read_parquet('${file}') WHERE x = ${value} OR x > ${(value ?? 0n) + 1n}`;
        const [row] = await (await connection.runAndReadAll(query)).getRowObjects();
        assert.equal(row?.['n'], BigInt(values.length - values.indexOf(value ?? 0n)));
      }
    } finally {
      connection.closeSync();
    }
  });

  it('Polars gets every value', async function () {
    const oracle = requireOracle(this);
    for (const [i, sample] of samples(22).entries()) {
      const options = i % 2 === 0 ? { groupRows: 3, pageBytes: 8 } : {};
      writeFileSync(file, await writeParquet({ ...sample, metadata: {} }, sample, options));
      assert.deepEqual(await oracle.call('polars.read_parquet', { file }), sample.shown);
    }
  });

  describe('parquetjs-lite', () => {
    const mixed = sortLeaves([
      leaf('whole', 'int32'),
      leaf('real', 'float64'),
      leaf('single', 'float32'),
      leaf('yes', 'bool'),
      leaf('name', 'string', { text: true, optional: true }),
      leaf('raw', 'string'),
      leaf('long', 'int64'),
      leaf('list', 'int32', { sequences: [null] }),
    ]);
    const long = (i: number): bigint => 2n ** 53n + BigInt(i) * 3n;
    const rows = Array.from({ length: 100 }, (_, i) =>
      mixed.map(({ key }) => {
        const one = (value: number | bigint | Uint8Array) => ({ lengths: [], counts: [1], values: [value] });
        switch (key) {
          case 'name':
            return i % 3 === 0 ? undefined : one(Buffer.from(`é${i}`));
          case 'raw':
            return one(Uint8Array.of(i, 255, 0));
          case 'real':
            return one(i / 3);
          case 'single':
            return one(i / 4);
          case 'yes':
            return one(BigInt(i % 2));
          case 'list':
            return { lengths: [[i % 3]], counts: [], values: Array.from({ length: i % 3 }, (_, j) => BigInt(j)) };
          case 'long':
            return one(long(i));
          default:
            return one(BigInt(i * 1000 - 5));
        }
      }),
    );

    for (const compression of ['none', 'gzip'] as const) {
      it(`reads what is written with compression ${compression}, without dictionaries`, async () => {
        const sample: Sample = { leaves: mixed, rows };
        writeFileSync(
          file,
          await writeParquet(schemaOf(mixed), sample, { compression, dictionary: false, groupRows: 33 }),
        );
        const read = await parquetjsRows(file);
        assert.equal(read.length, 100);
        for (const [i, row] of read.entries()) {
          const { list, raw, name, ...others } = row;
          assert.deepEqual(others, {
            whole: i * 1000 - 5,
            real: i / 3,
            single: i / 4,
            yes: i % 2 === 1,
            long: long(i),
          });
          assert.equal(name ?? null, i % 3 === 0 ? null : `é${i}`);
          assert.deepEqual(new Uint8Array(raw as Buffer), Uint8Array.of(i, 255, 0));
          const { list: elements = [] } = (list ?? {}) as { list?: { element: number }[] };
          assert.deepEqual(
            elements.map(({ element }) => element),
            Array.from({ length: i % 3 }, (_, j) => j),
          );
        }
      });
    }

    it('cannot open zstd, which is the default', async () => {
      writeFileSync(file, await writeParquet(schemaOf(mixed), { leaves: mixed, rows }));
      await assert.rejects(parquetjsRows(file), /ZSTD|compression/i);
    });

    it('writes what is read here', async () => {
      const { ParquetSchema, ParquetWriter } = parquetjs();
      const schema = new ParquetSchema({
        long: { type: 'INT64' },
        name: { type: 'UTF8', optional: true, compression: 'SNAPPY' },
        raw: { type: 'BYTE_ARRAY', compression: 'GZIP' },
        real: { type: 'DOUBLE' },
        single: { type: 'FLOAT' },
        tiny: { type: 'INT_8' },
        whole: { type: 'INT32' },
        word: { type: 'UINT_16' },
        yes: { type: 'BOOLEAN' },
      });
      const theirs = join(folder, 'theirs.parquet');
      for (const useDataPageV2 of [true, false]) {
        const writer = await ParquetWriter.openFile(schema, theirs, { useDataPageV2, rowGroupSize: 40 });
        for (let i = 0; i < 100; i++) {
          await writer.appendRow({
            long: long(i),
            ...(i % 3 !== 0 && { name: `é${i}` }),
            raw: Buffer.of(i, 255, 0),
            real: i / 3,
            single: i / 4,
            tiny: i - 50,
            whole: i * 1000 - 5,
            word: i * 600,
            yes: i % 2 === 1,
          });
        }
        await writer.close();
        const leaves = sortLeaves([
          ...mixed.filter(({ key }) => key !== 'list'),
          leaf('tiny', 'int8'),
          leaf('word', 'uint16'),
        ]);
        const expected = Array.from({ length: 100 }, (_, i) =>
          leaves.map(({ key }) => {
            if (key === 'tiny' || key === 'word') {
              return { lengths: [], counts: [1], values: [BigInt(key === 'tiny' ? i - 50 : i * 600)] };
            }
            // It rounds integers above 2^53 itself, without a word.
            if (key === 'long') return { lengths: [], counts: [1], values: [BigInt(Number(long(i)))] };
            return rows[i]?.[mixed.findIndex((other) => other.key === key)];
          }),
        );
        const read = await readParquet(readFileSync(theirs), schemaOf(leaves));
        let at = 0;
        for (const batch of read) {
          const part = { leaves, rows: expected.slice(at, at + batch.rows) };
          assert.deepEqual(plainBatch(batch), plainBatch(columnsOf(part)));
          at += batch.rows;
        }
        assert.equal(at, 100);
      }
    });
  });
});

async function duckdbColumns(connection: DuckDBConnection, file: string): Promise<Record<string, unknown[]>> {
  const result = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`);
  const columns = result.getColumns();
  return Object.fromEntries(result.columnNames().map((name, i) => [name, (columns[i] ?? []).map(shown)]));
}

/** A value of DuckDB as the oracle shows it. */
function shown(value: DuckDBValue): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if ('bytes' in value) return new Uint8Array(value.bytes);
  if ('items' in value) return value.items.map(shown);
  if ('entries' in value && !Array.isArray(value.entries)) {
    return Object.fromEntries(
      Object.entries(value.entries).map(([name, field]) => [name, shown(field as DuckDBValue)]),
    );
  }
  return value;
}

/** What is used of parquetjs-lite, which has no types. */
interface Parquetjs {
  readonly ParquetSchema: new (fields: Readonly<Record<string, unknown>>) => object;
  readonly ParquetWriter: {
    openFile(
      schema: object,
      path: string,
      options: object,
    ): Promise<{ appendRow(row: object): Promise<void>; close(): Promise<void> }>;
  };
  readonly ParquetReader: {
    openFile(path: string): Promise<{
      getCursor(): { next(): Promise<Readonly<Record<string, unknown>> | null> };
      close(): Promise<void>;
    }>;
  };
}

function parquetjs(): Parquetjs {
  return createRequire(import.meta.url)('parquetjs-lite') as Parquetjs;
}

async function parquetjsRows(file: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const reader = await parquetjs().ParquetReader.openFile(file);
  try {
    const cursor = reader.getCursor();
    const rows: Readonly<Record<string, unknown>>[] = [];
    for (let row = await cursor.next(); row !== null; row = await cursor.next()) rows.push(row);
    return rows;
  } finally {
    await reader.close();
  }
}
