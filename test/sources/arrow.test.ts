import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DatasetsError } from '../../src/core/errors/index.js';
import { arrow } from '../../src/sources/index.js';
import { type Oracle, plain, repositoryRoot, requireOracle } from '../oracle/index.js';
import { readAll, TemporaryFolder } from './read-all.js';

interface Written {
  readonly type: string;
  readonly values: readonly unknown[];
  /** What is read, where it is not what was written. */
  readonly expected?: readonly unknown[];
}

const date = (text: string) => new Date(`${text}T00:00:00Z`);
const bytes = (...values: number[]) => new Uint8Array(values);

/** The values of `parquet()`, and those of the types that Parquet has not. */
const columns: Readonly<Record<string, Written>> = {
  bool: { type: 'pa.bool_()', values: [true, false, null] },
  int32: { type: 'pa.int32()', values: [-2147483648, 2147483647, null] },
  int64: { type: 'pa.int64()', values: [-(2n ** 63n), 9007199254740993n, null] },
  uint64: { type: 'pa.uint64()', values: [1n, 2n ** 64n - 1n, null], expected: [1n, 2n ** 64n - 1n, null] },
  float16: { type: 'pa.float16()', values: [0.5, -2, null] },
  float32: { type: 'pa.float32()', values: [0.5, -1.25, null] },
  float64: { type: 'pa.float64()', values: [0.1, -1e300, null] },
  text: { type: 'pa.string()', values: ['é𝄞', 'a text that is longer than twelve bytes', null] },
  view: { type: 'pa.string_view()', values: ['é𝄞', 'a text that is longer than twelve bytes', null] },
  bytes: { type: 'pa.binary()', values: [bytes(0, 255), bytes(), null] },
  fixed: { type: 'pa.binary(3)', values: [bytes(1, 2, 3), bytes(255, 0, 1), null] },
  uuid: {
    type: 'pa.uuid()',
    values: [bytes(...Array(16).keys()), bytes(...Array(16).fill(255)), null],
    expected: ['00010203-0405-0607-0809-0a0b0c0d0e0f', 'ffffffff-ffff-ffff-ffff-ffffffffffff', null],
  },
  s: { type: "pa.timestamp('s')", values: [-1, 1700000000, null], expected: [-1n, 1700000000n, null] },
  us: {
    type: "pa.timestamp('us', 'UTC')",
    values: [-1, 1700000000123456, null],
    expected: [-1n, 1700000000123456n, null],
  },
  date: { type: 'pa.date32()', values: [19675, -1, null], expected: [date('2023-11-14'), date('1969-12-31'), null] },
  time32: { type: "pa.time32('s')", values: [1, 86399, null], expected: [1n, 86399n, null] },
  time64: { type: "pa.time64('ns')", values: [1, 86399999999999, null], expected: [1n, 86399999999999n, null] },
  duration: { type: "pa.duration('ms')", values: [-1, 5, null], expected: [-1n, 5n, null] },
  list: { type: 'pa.list_(pa.int64())', values: [[1n, 9007199254740993n, null], [], null] },
  struct: {
    type: "pa.struct([('a', pa.int32()), ('__proto__', pa.list_(pa.string()))])",
    values: [
      Object.fromEntries([
        ['a', 1],
        ['__proto__', ['x', null]],
      ]),
      Object.fromEntries([
        ['a', null],
        ['__proto__', null],
      ]),
      null,
    ],
  },
  map: {
    type: 'pa.map_(pa.string(), pa.int32())',
    values: [{ k: 1, l: null }, {}, null],
    expected: [
      [
        { key: 'k', value: 1 },
        { key: 'l', value: null },
      ],
      [],
      null,
    ],
  },
  dictionary: { type: 'pa.dictionary(pa.int8(), pa.string())', values: ['b', 'a', null] },
  none: { type: 'pa.null()', values: [null, null, null] },
};

const rows = [0, 1, 2].map((row) =>
  Object.fromEntries(Object.entries(columns).map(([name, { values, expected }]) => [name, (expected ?? values)[row]])),
);

/** 64-bit integers that a number holds as numbers, dates as days: what the oracle can say. */
function normal(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Date) return value.getTime() / 86_400_000;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, normal(item)]));
}

describe('arrow', () => {
  let folder: TemporaryFolder;
  before(async function () {
    const oracle = requireOracle(this);
    folder = new TemporaryFolder();
    const script = join(repositoryRoot, 'test', 'sources', 'arrow_files.py');
    const { exitCode, stderr } = await oracle.script([script, folder.path]);
    assert.equal(exitCode, 0, stderr);
  });
  after(() => folder?.remove());

  const write = (oracle: Oracle, name: string, written: Readonly<Record<string, Written>>, options: object = {}) => {
    const typed = Object.fromEntries(
      Object.entries(written).map(([column, { type, values }]) => [column, { type, values }]),
    );
    return oracle.call('arrow.write_ipc', { file: folder.file(name), columns: typed, options });
  };

  for (const format of ['file', 'stream']) {
    for (const compression of [null, 'lz4', 'zstd']) {
      it(`gives exactly what pyarrow wrote as a ${format} with ${compression ?? 'no'} compression`, async function () {
        for (const batchRows of [3, 1, 2]) {
          await write(requireOracle(this), 'all.arrow', columns, { format, compression, batch_rows: batchRows });
          const { elements, positions } = await readAll(arrow('all.arrow'), folder.context);
          assert.deepEqual(elements, rows);
          const batch = Math.floor(2 / batchRows);
          assert.equal(positions[2], `all.arrow record batch ${batch} row ${2 - batch * batchRows}`);
        }
      });
    }
  }

  it('gives random, nested, sliced columns as pyarrow holds them', async function () {
    const oracle = requireOracle(this);
    for (let seed = 0; seed < 100; seed++) {
      const options = {
        format: seed % 2 === 0 ? 'file' : 'stream',
        compression: [null, 'lz4', 'zstd'][seed % 3],
        batch_rows: [null, 1, 7][seed % 3],
      };
      const name = 'random.arrow';
      const file = folder.file(name);
      const written = await oracle.call('arrow.write_random_ipc', { file, seed, rows: 20, options });
      const { rows: expected, types } = plain(written) as { rows: unknown[]; types: string[] };
      const { elements } = await readAll(arrow(name), folder.context);
      assert.deepEqual(normal(elements), normal(expected), `seed ${seed}: ${types.join()}`);
    }
  });

  it('gives decimals as their exact notation', async () => {
    const { elements } = await readAll(arrow('decimal.arrow'), folder.context);
    assert.deepEqual(elements, [
      {
        d32: '1.25',
        d64: '123456789012345.678',
        d128: '12345678901234567890123456789.123456789',
        d256: `-${'9'.repeat(60)}.5`,
        tens: '1000',
      },
      { d32: '-0.01', d64: '-0.001', d128: '-0.000000001', d256: '0.0', tens: '-250' },
      { d32: null, d64: null, d128: null, d256: null, tens: null },
    ]);
  });

  it('reads what Polars writes, as a file and as a stream', async function () {
    const oracle = requireOracle(this);
    for (const stream of [false, true]) {
      for (const compression of ['uncompressed', 'lz4', 'zstd']) {
        await oracle.call('arrow.write_polars_ipc', { file: folder.file('polars.arrow'), stream, compression });
        const { elements } = await readAll(arrow('polars.arrow'), folder.context);
        const long = 'a text that is longer than twelve bytes';
        assert.deepEqual(elements, [
          {
            text: 'short',
            list: [1n, null],
            category: 'a',
            day: date('2023-11-14'),
            bytes: bytes(0, 255),
            duration: 1n,
            struct: { a: 1n, b: 'x' },
          },
          { text: long, list: [], category: 'b', day: null, bytes: null, duration: null, struct: null },
          {
            text: null,
            list: null,
            category: null,
            day: date('1969-12-31'),
            bytes: bytes(),
            duration: -1n,
            struct: { a: null, b: null },
          },
          {
            text: 'é𝄞',
            list: [2n ** 40n],
            category: 'a',
            day: date('1970-01-01'),
            bytes: bytes(...Buffer.from('longer than twelve bytes')),
            duration: 2n ** 53n + 1n,
            struct: { a: 2n, b: 'y' },
          },
          {
            text: '',
            list: [3n],
            category: long,
            day: null,
            bytes: bytes(120),
            duration: 0n,
            struct: { a: 3n, b: 'z' },
          },
        ]);
      }
    }
  });

  it('follows dictionaries that grow, and that are replaced in the middle of a stream', async () => {
    const read = async (name: string) =>
      (await readAll(arrow<{ d: string | null }>(name), folder.context)).elements.map(({ d }) => d);
    assert.deepEqual(await read('deltas.arrows'), ['a', 'b', 'c', 'a', 'd', null]);
    assert.deepEqual(await read('deltas.arrow'), ['a', 'b', 'c', 'a', 'd', null]);
    assert.deepEqual(await read('replaced.arrows'), ['a', 'b', 'x', 'y', 'y', 'x']);
  });

  it('reads what datasets saves to disk', async () => {
    const { elements } = await readAll(arrow('saved/*.arrow', { int64: 'number' }), folder.context);
    assert.deepEqual(
      elements,
      Array.from({ length: 2500 }, (_, id) => ({ id, text: `t${id}`, label: id % 2 })),
    );
  });

  describe('lets the author choose', () => {
    const many = Array.from({ length: 3000 }, (_, i) => BigInt(i));
    const numbers: Readonly<Record<string, Written>> = {
      id: { type: 'pa.int64()', values: many },
      skipped: { type: 'pa.string()', values: many.map((id) => `text ${id}`) },
      at: { type: "pa.timestamp('us')", values: many.map((id) => Number(id) * 1000) },
    };

    it('columns, numbers, dates, and the index of rows', async function () {
      for (const format of ['file', 'stream']) {
        await write(requireOracle(this), 'many.arrow', numbers, { format, batch_rows: 700 });
        const source = arrow('many.arrow', {
          columns: ['at', 'id'],
          int64: 'number',
          timestamps: 'date',
          rowIndex: 'row',
        });
        const { elements, largestBatch } = await readAll(source, folder.context);
        assert.deepEqual(
          elements,
          many.map((id) => ({ at: new Date(Number(id)), id: Number(id), row: Number(id) })),
        );
        assert.deepEqual(Object.keys(elements[0] ?? {}), ['at', 'id', 'row']);
        assert.ok(largestBatch <= 1024);
      }
    });

    it('and names record batch and row of a value that it does not fit', async function () {
      const values = [1n, 2n, null, 2n ** 53n];
      const nested = values.map((value) => [5n, value]);
      await write(
        requireOracle(this),
        'unsafe.arrow',
        {
          flat: { type: 'pa.int64()', values },
          nested: { type: 'pa.list_(pa.int64())', values: nested },
          at: { type: "pa.timestamp('us')", values: [0, 1000, 2000, 2001] },
        },
        { batch_rows: 3 },
      );
      for (const column of ['flat', 'nested']) {
        await assert.rejects(readAll(arrow('unsafe.arrow', { columns: [column], int64: 'number' }), folder.context), {
          code: 'SOURCE_MALFORMED',
          message: /^unsafe.arrow record batch 1 row 0: the integer 9007199254740992 is too large/,
          hint: /int64: 'bigint'/,
        });
      }
      await assert.rejects(readAll(arrow('unsafe.arrow', { columns: ['at'], timestamps: 'date' }), folder.context), {
        message: /^unsafe.arrow record batch 1 row 0: the timestamp 2001 us cannot be a Date/,
      });
      const hiding = { ...folder.context, hidesValues: true };
      await assert.rejects(readAll(arrow('unsafe.arrow', { columns: ['nested'], int64: 'number' }), hiding), {
        message: 'unsafe.arrow record batch 1 row 0: an integer is too large to be held exactly by a number',
      });
    });
  });

  it('groups small record batches into a source shard, and leaves large ones alone', async () => {
    const { shards, elements } = await readAll(arrow('sizes.arrow'), folder.context);
    assert.equal(shards[0], 'sizes.arrow record batches 0-20');
    assert.equal(shards[1], 'sizes.arrow record batch 21');
    assert.equal(shards.length, 10);
    assert.deepEqual(elements[25], { column: new Uint8Array(9 << 20).fill(25) });
  });

  it('refuses by name what it does not read, and reads the other columns', async () => {
    for (const [column, what] of [
      ['runs', /column runs is of type run_end_encoded, which is not read/],
      ['views', /column views is of type list_view/],
      ['nested', /column nested\.i is of type interval/],
      ['union', /column union is of type union/],
    ] as const) {
      await assert.rejects(readAll(arrow('odd.arrow', { columns: [column] }), folder.context), {
        code: 'UNSUPPORTED',
        message: what,
        hint: /columns: \[/,
      });
    }
    const { elements } = await readAll(arrow('odd.arrow', { columns: ['n'] }), folder.context);
    assert.deepEqual(elements, [{ n: 1n }, { n: 2n }]);
    await assert.rejects(readAll(arrow('odd.arrow', { columns: ['after'] }), folder.context), {
      code: 'UNSUPPORTED',
      message: /column after lies behind union/,
    });
    await assert.rejects(readAll(arrow('odd.arrow', { columns: ['m'] }), folder.context), {
      code: 'SOURCE_MALFORMED',
      message: /has no column "m"/,
    });
  });

  it('never reads beyond what a file holds: cut short or damaged, it gives rows or an error of the source', async function () {
    const oracle = requireOracle(this);
    for (const [format, compression] of [
      ['file', null],
      ['stream', null],
      ['stream', 'lz4'],
      ['file', 'zstd'],
    ] as const) {
      const name = `whole-${format}.arrow`;
      await write(oracle, name, columns, { format, compression, batch_rows: 2 });
      const whole = readFileSync(folder.file(name));
      const read = (content: Uint8Array) => {
        writeFileSync(folder.file('damaged.arrow'), content);
        return readAll(arrow('damaged.arrow'), folder.context);
      };
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
          const result = await read(whole.subarray(0, length)).catch((error: Error) => error);
          // A stream may end without its mark, behind any message.
          if (!(result instanceof Error))
            assert.ok((format === 'stream' && result.elements.length % 2 === 0) || length >= whole.length - 8);
          else assert.ok(result instanceof DatasetsError && result.code === 'SOURCE_MALFORMED', `${length}: ${result}`);
        }),
        { numRuns: 40 },
      );
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
          const damaged = Buffer.from(whole);
          damaged[at] = (damaged[at] ?? 0) ^ flip;
          const error = await read(damaged).then(
            () => undefined,
            (caught: unknown) => caught,
          );
          if (error === undefined) return;
          assert.ok(
            error instanceof DatasetsError,
            `byte ${at} ^ ${flip}: ${error instanceof Error ? error.stack : error}`,
          );
          assert.match(error.code, /^(?:SOURCE_MALFORMED|UNSUPPORTED)$/);
          assert.match(error.message, /damaged.arrow/);
        }),
        { numRuns: 120 },
      );
    }
  });

  it('says what a file is that is none', async () => {
    writeFileSync(folder.file('text.arrow'), 'id,name\n1,a\n');
    await assert.rejects(readAll(arrow('text.arrow'), folder.context), {
      code: 'SOURCE_MALFORMED',
      message: /text.arrow.*no Arrow message starts there/,
    });
    writeFileSync(folder.file('empty.arrow'), '');
    await assert.rejects(readAll(arrow('empty.arrow'), folder.context), { code: 'SOURCE_MALFORMED' });
  });
});
