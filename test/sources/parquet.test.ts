import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { npmFile, type ParquetOptions, parquet } from '../../src/sources/index.js';
import { capture, type Oracle, repositoryRoot, requireOracle } from '../oracle/index.js';
import { inRepository, packageFolder, readAll, TemporaryFolder } from './read-all.js';

interface Flight {
  readonly date: number;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
  readonly row: number;
}

interface Written {
  readonly type: string;
  readonly values: readonly unknown[];
  /** What is read, where it is not what was written. */
  readonly expected?: readonly unknown[];
}

const date = (text: string) => new Date(`${text}T00:00:00Z`);
const bytes = (...values: number[]) => new Uint8Array(values);

/** Columns whose values both readers give. */
const flat: Readonly<Record<string, Written>> = {
  bool: { type: 'pa.bool_()', values: [true, false, null] },
  int8: { type: 'pa.int8()', values: [-128, 127, null] },
  int16: { type: 'pa.int16()', values: [-32768, 32767, null] },
  int32: { type: 'pa.int32()', values: [-2147483648, 2147483647, null] },
  int64: { type: 'pa.int64()', values: [-(2n ** 63n), 9007199254740993n, null] },
  uint8: { type: 'pa.uint8()', values: [0, 255, null] },
  uint16: { type: 'pa.uint16()', values: [0, 65535, null] },
  uint32: { type: 'pa.uint32()', values: [0, 4294967295, null] },
  float32: { type: 'pa.float32()', values: [0.5, -1.25, null] },
  float64: { type: 'pa.float64()', values: [0.1, -1e300, null] },
  text: { type: 'pa.string()', values: ['é𝄞', 'a text that is longer than twelve bytes', null] },
  bytes: { type: 'pa.binary()', values: [bytes(0, 255), bytes(), null] },
  ms: { type: "pa.timestamp('ms')", values: [-1, 1700000000123, null], expected: [-1n, 1700000000123n, null] },
  us: {
    type: "pa.timestamp('us', 'UTC')",
    values: [-1, 1700000000123456, null],
    expected: [-1n, 1700000000123456n, null],
  },
};

/** Columns that only hyparquet reads. */
const special: Readonly<Record<string, Written>> = {
  uint64: { type: 'pa.uint64()', values: [0n, 2n ** 64n - 1n, null], expected: [0n, 2n ** 64n - 1n, null] },
  float16: { type: 'pa.float16()', values: [0.5, -2, null] },
  ns: {
    type: "pa.timestamp('ns')",
    values: [1700000000123456789n, -1, null],
    expected: [1700000000123456789n, -1n, null],
  },
  date: { type: 'pa.date32()', values: [19675, -1, null], expected: [date('2023-11-14'), date('1969-12-31'), null] },
  time32: { type: "pa.time32('ms')", values: [1, 86399999, null], expected: [1n, 86399999n, null] },
  time64: { type: "pa.time64('us')", values: [1, 86399999999, null], expected: [1n, 86399999999n, null] },
  fixed: { type: 'pa.binary(3)', values: [bytes(1, 2, 3), bytes(255, 0, 1), null] },
  list: {
    type: 'pa.list_(pa.int64())',
    values: [[1n, 9007199254740993n, null], [], null],
    expected: [[1n, 9007199254740993n, null], [], null],
  },
  lists: { type: 'pa.list_(pa.list_(pa.string()))', values: [[['a'], [], null, [null]], [], null] },
  struct: {
    type: "pa.struct([('a', pa.int32()), ('b', pa.list_(pa.string()))])",
    values: [{ a: 1, b: ['x', null] }, { a: null, b: null }, null],
  },
  structs: {
    type: "pa.list_(pa.struct([('a', pa.int32()), ('b', pa.string())]))",
    values: [[{ a: 1, b: 'x' }, null, { a: null, b: null }], [], null],
  },
};

function rowsOf(columns: Readonly<Record<string, Written>>): readonly Record<string, unknown>[] {
  return [0, 1, 2].map((row) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, { values, expected }]) => [name, small(name, (expected ?? values)[row])]),
    ),
  );
}

/** int64 columns come as bigint whatever their size; tests write small ones as numbers. */
function small(name: string, value: unknown): unknown {
  return name === 'int64' && typeof value === 'number' ? BigInt(value) : value;
}

describe('parquet', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  const write = (oracle: Oracle, name: string, columns: Readonly<Record<string, Written>>, options: object = {}) => {
    const typed = Object.fromEntries(
      Object.entries(columns).map(([column, { type, values }]) => [column, { type, values }]),
    );
    return oracle.call('arrow.write_parquet', { file: folder.file(name), columns: typed, options });
  };

  for (const reader of ['hyparquet', 'duckdb'] as const) {
    for (const options of [
      {},
      { compression: 'zstd', data_page_version: '2.0' },
      { compression: 'gzip', use_dictionary: false },
      { compression: 'brotli', row_group_size: 1 },
      { compression: 'lz4', use_dictionary: false, data_page_version: '2.0', row_group_size: 2 },
      { compression: 'none', write_page_index: true, version: '1.0' },
    ]) {
      it(`gives exactly what pyarrow wrote with ${JSON.stringify(options)}, read with ${reader}`, async function () {
        const columns =
          'version' in options ? Object.fromEntries(Object.entries(flat).filter(([name]) => name !== 'uint32')) : flat;
        await write(requireOracle(this), 'flat.parquet', columns, options);
        const { elements, shards } = await readAll(parquet('flat.parquet', { reader }), folder.context);
        assert.deepEqual(elements, rowsOf(columns));
        const groupRows = 'row_group_size' in options ? options.row_group_size : 3;
        assert.equal(shards.length, Math.ceil(3 / groupRows));
        assert.equal(shards[0], 'flat.parquet row group 0');
      });
    }
  }

  for (const [name, column] of Object.entries(special)) {
    it(`gives ${column.type} exactly`, async function () {
      for (const options of [{}, { use_dictionary: false, data_page_version: '2.0', compression: 'zstd' }]) {
        await write(requireOracle(this), `${name}.parquet`, { [name]: column }, options);
        const { elements } = await readAll(parquet(`${name}.parquet`), folder.context);
        assert.deepEqual(elements, rowsOf({ [name]: column }));
      }
    });
  }

  it('gives decimals as their exact notation', async function () {
    const { stdout, stderr, exitCode } = await requireOracle(this).script([
      '-c',
      `import pyarrow as pa, pyarrow.parquet as pq, decimal
D = decimal.Decimal
pq.write_table(pa.table({
  'd9': pa.array([D('1.25'), D('-0.01'), None], pa.decimal128(9, 2)),
  'd18': pa.array([D('123456789012345.678'), D('-0.001'), None], pa.decimal128(18, 3)),
  'd38': pa.array([D('12345678901234567890123456789.123456789'), D('-0.000000001'), None], pa.decimal128(38, 9)),
  'd0': pa.array([D('7'), D('-70'), None], pa.decimal128(5, 0)),
}), ${JSON.stringify(folder.file('decimal.parquet'))}, store_decimal_as_integer=True)`,
    ]);
    assert.equal(exitCode, 0, stdout + stderr);
    const { elements } = await readAll(parquet('decimal.parquet'), folder.context);
    assert.deepEqual(elements, [
      { d9: '1.25', d18: '123456789012345.678', d38: '12345678901234567890123456789.123456789', d0: '7' },
      { d9: '-0.01', d18: '-0.001', d38: '-0.000000001', d0: '-70' },
      { d9: null, d18: null, d38: null, d0: null },
    ]);
  });

  for (const reader of ['hyparquet', 'duckdb'] as const) {
    for (const nullable of [true, false]) {
      it(`gives safe integers as numbers where asked, and refuses others (${reader}, ${nullable ? 'nullable' : 'required'})`, async function () {
        const oracle = requireOracle(this);
        const values = [1n, -9007199254740991n, 9007199254740991n, 0n];
        const columns = {
          n: { type: 'pa.int64()', values: nullable ? [...values, null] : values },
          t: { type: "pa.timestamp('us')", values: nullable ? [...values, null] : values },
        };
        for (const use_dictionary of [true, false]) {
          await write(oracle, 'safe.parquet', columns, { use_dictionary });
          const { elements } = await readAll(parquet('safe.parquet', { int64: 'number', reader }), folder.context);
          const numbers = [...values.map(Number), ...(nullable ? [null] : [])];
          assert.deepEqual(
            elements,
            numbers.map((n) => ({ n, t: n })),
          );
          await write(
            oracle,
            'unsafe.parquet',
            { n: { type: 'pa.int64()', values: [1, 2, nullable ? null : 3, 9007199254740992n] } },
            { use_dictionary, row_group_size: 2 },
          );
          await assert.rejects(readAll(parquet('unsafe.parquet', { int64: 'number', reader }), folder.context), {
            code: 'SOURCE_MALFORMED',
            message: /^unsafe.parquet row group 1 row 1: the integer 9007199254740992 is too large/,
            hint: /int64: 'bigint'/,
          });
        }
      });
    }
  }

  it('gives timestamps as Date where asked, and refuses a part of a millisecond', async function () {
    const oracle = requireOracle(this);
    const when = 1700000000123;
    const columns = {
      ms: { type: "pa.timestamp('ms')", values: [when, null] },
      us: { type: "pa.timestamp('us', 'UTC')", values: [when * 1000, null] },
      ns: { type: "pa.timestamp('ns')", values: [BigInt(when) * 1000000n, null] },
    };
    await write(oracle, 'dates.parquet', columns);
    for (const int64 of ['number', 'bigint'] as const) {
      const { elements } = await readAll(parquet('dates.parquet', { timestamps: 'date', int64 }), folder.context);
      const day = new Date(when);
      assert.deepEqual(elements, [
        { ms: day, us: day, ns: day },
        { ms: null, us: null, ns: null },
      ]);
    }
    await write(oracle, 'part.parquet', { us: { type: "pa.timestamp('us')", values: [when * 1000 + 1] } });
    for (const reader of ['hyparquet', 'duckdb'] as const) {
      await assert.rejects(
        readAll(parquet('part.parquet', { timestamps: 'date', reader }), folder.context),
        /row group 0 row 0: the timestamp 1700000000123001 us cannot be a Date/,
      );
      const hiding = { ...folder.context, hidesValues: true };
      await assert.rejects(
        readAll(parquet('part.parquet', { timestamps: 'date', reader }), hiding),
        /row group 0 row 0: a timestamp in us cannot be a Date/,
      );
    }
  });

  it('reads the 3,000,000 flights: the same rows with both readers, the first and last as pyarrow reads them', async function () {
    const file = npmFile('vega-datasets', 'data/flights-3m.parquet');
    const sums: Record<string, unknown>[] = [];
    for (const reader of ['duckdb', 'hyparquet'] as const) {
      const source = parquet<Flight>(file, { int64: 'number', rowIndex: 'row', reader });
      const letters: Record<string, number> = {};
      const seen: Flight[] = [];
      let rows = 0;
      let hash = 0;
      const shards = await source.split(inRepository);
      for (const shard of shards) {
        for await (const { elements } of source.read(shard, inRepository)) {
          assert.ok(elements.length <= 1024);
          for (const flight of elements) {
            assert.ok(flight.row === rows);
            hash = (hash * 31 + (flight.date % 1_000_003) + 7 * flight.delay + 13 * flight.distance) % 1_000_000_007;
            const pair = `${flight.origin}>${flight.destination}`;
            letters[pair] = (letters[pair] ?? 0) + rows;
            if (rows === 0 || rows === 2_999_999) seen.push(flight);
            rows++;
          }
        }
      }
      assert.equal(rows, 3_000_000);
      // Eleven row groups of 272,727 rows, cut in five.
      assert.equal(shards.length, 55);
      sums.push({ hash, letters, seen });
    }
    assert.deepEqual(sums[0], sums[1]);
    const { stdout } = await requireOracle(this).script([
      '-c',
      `import json, pyarrow.parquet as pq, sys
table = pq.read_table(sys.argv[1])
table = table.set_column(0, 'date', table.column('date').cast('int64')).take([0, len(table) - 1])
print(json.dumps(table.to_pylist()))`,
      `${packageFolder('vega-datasets')}/data/flights-3m.parquet`,
    ]);
    const [first, last] = JSON.parse(stdout) as object[];
    assert.deepEqual(sums[0]?.['seen'], [
      { ...first, row: 0 },
      { ...last, row: 2_999_999 },
    ]);
  });

  it('says where a row lies', async () => {
    const file = npmFile('vega-datasets', 'data/flights-3m.parquet');
    for (const reader of ['hyparquet', 'duckdb'] as const) {
      const source = parquet(file, { columns: ['delay'], reader });
      const chosen = (await source.split(inRepository))[8];
      assert.ok(chosen !== undefined);
      for await (const batch of source.read(chosen, inRepository)) {
        assert.equal(batch.position(5), 'npm:vega-datasets/data/flights-3m.parquet row group 1 row 163641');
        break;
      }
    }
  });

  it('reads only the columns asked for, in that order', async function () {
    await write(requireOracle(this), 'columns.parquet', flat);
    for (const reader of ['hyparquet', 'duckdb'] as const) {
      const { elements } = await readAll(
        parquet('columns.parquet', { columns: ['text', 'int8'], rowIndex: 'n', reader }),
        folder.context,
      );
      assert.deepEqual(
        elements.map((row) => Object.entries(row)),
        [0, 1, 2].map((i) => [
          ['text', flat['text']?.values[i]],
          ['int8', flat['int8']?.values[i]],
          ['n', i],
        ]),
      );
    }
  });

  it('keeps DuckDB from reading more than the file: its path is no pattern and no partition', async function () {
    const { mkdirSync } = await import('node:fs');
    mkdirSync(folder.file("n=7/it's [a]*"), { recursive: true });
    await write(requireOracle(this), "n=7/it's [a]*/x?.parquet", { n: { type: 'pa.int32()', values: [1] } });
    const { pathToFileURL } = await import('node:url');
    const { elements } = await readAll(
      parquet(pathToFileURL(folder.file("n=7/it's [a]*/x?.parquet")), { reader: 'duckdb' }),
      folder.context,
    );
    assert.deepEqual(elements, [{ n: 1 }]);
  });

  it('has no row group without rows', async function () {
    await write(requireOracle(this), 'empty.parquet', { n: { type: 'pa.int32()', values: [] } });
    assert.deepEqual(await readAll(parquet('empty.parquet'), folder.context), {
      shards: [],
      elements: [],
      positions: [],
      largestBatch: 0,
    });
  });

  const failing = (name: string, options: ParquetOptions = {}) => readAll(parquet(name, options), folder.context);

  it('refuses maps, and columns that are not there, by name', async function () {
    await write(requireOracle(this), 'map.parquet', {
      m: { type: 'pa.map_(pa.string(), pa.int32())', values: [null] },
      fine: { type: 'pa.int32()', values: [1] },
    });
    await assert.rejects(failing('map.parquet'), {
      code: 'UNSUPPORTED',
      message: /map.parquet: column m is a map/,
      hint: /columns: \[/,
    });
    assert.deepEqual((await failing('map.parquet', { columns: ['fine'] })).elements, [{ fine: 1 }]);
    await assert.rejects(failing('map.parquet', { columns: ['fin'] }), {
      code: 'SOURCE_MALFORMED',
      hint: /Did you mean fine\?/,
    });
  });

  it('says so when DuckDB is asked for what it is not used for', async function () {
    await write(requireOracle(this), 'nested.parquet', { list: { type: 'pa.list_(pa.int64())', values: [[1]] } });
    await assert.rejects(failing('nested.parquet', { reader: 'duckdb' }), {
      code: 'UNSUPPORTED',
      message: /column list/,
    });
  });

  it('does without DuckDB where it is not installed, and names it where it is asked for', async () => {
    const hook = `export async function resolve(specifier, context, next) {
      if (specifier !== '@duckdb/node-api') return next(specifier, context);
      throw Object.assign(new Error('not installed'), { code: 'ERR_MODULE_NOT_FOUND' });
    }`;
    const door = new URL('../../src/sources/index.js', import.meta.url).href;
    const script = `import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
      const { npmFile, parquet } = await import(${JSON.stringify(door)});
      const context = { baseDirectory: ${JSON.stringify(repositoryRoot)} };
      for (const reader of ['auto', 'duckdb']) {
        const source = parquet(npmFile('vega-datasets', 'data/flights-3m.parquet'), { reader });
        const [shard] = await source.split(context);
        try {
          for await (const { elements } of source.read(shard, context)) {
            console.log(elements.length);
            break;
          }
        } catch (error) {
          console.log(error.code, error.hint);
        }
      }`;
    const { stdout, stderr } = await capture(process.execPath, ['--input-type=module', '--eval', script]);
    assert.equal(stdout, '1024\nPEER_MISSING npm install @duckdb/node-api\n', stderr);
  });

  it('refuses files that are no Parquet, are cut off, or are damaged inside', async function () {
    folder.write('text.parquet', 'this is not Parquet');
    folder.write('nothing.parquet', '');
    await write(
      requireOracle(this),
      'good.parquet',
      { s: { type: 'pa.string()', values: Array.from({ length: 5000 }, (_, i) => `value ${i}`) } },
      { use_dictionary: false },
    );
    const good = readFileSync(folder.file('good.parquet'));
    folder.write('cut.parquet', good.subarray(0, good.length - 20));
    for (const name of ['text.parquet', 'nothing.parquet', 'cut.parquet']) {
      await assert.rejects(failing(name), {
        code: 'SOURCE_MALFORMED',
        message: new RegExp(`^${name}: is not a whole Parquet file`),
      });
    }
    const damaged = Buffer.from(good);
    damaged.fill(0xff, 40, 4000);
    writeFileSync(folder.file('damaged.parquet'), damaged);
    for (const reader of ['hyparquet', 'duckdb'] as const) {
      await assert.rejects(failing('damaged.parquet', { reader }), {
        code: 'SOURCE_MALFORMED',
        message: /^damaged.parquet: /,
      });
    }
  });

  it('refuses text that is not UTF-8', async function () {
    const oracle = requireOracle(this);
    const file = folder.file('latin.parquet');
    await oracle.script([
      '-c',
      `import pyarrow as pa, pyarrow.parquet as pq, sys
b = pa.array([b'\\xe9t\\xe9 with more than twelve bytes'], pa.binary())
pq.write_table(pa.table({'s': pa.StringArray.from_buffers(1, b.buffers()[1], b.buffers()[2])}), sys.argv[1])`,
      file,
    ]);
    for (const reader of ['hyparquet', 'duckdb'] as const) {
      await assert.rejects(failing('latin.parquet', { reader }), { code: 'SOURCE_MALFORMED' });
    }
  });
});
