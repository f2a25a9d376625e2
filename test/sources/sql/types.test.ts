import assert from 'node:assert/strict';
import { type SourceContext, sql } from '../../../src/sources/index.js';
import { requireOracle } from '../../oracle/index.js';
import { readAll, TemporaryFolder } from '../read-all.js';

/** Writes a table with pyarrow, and says in JSON, without DuckDB, what queries over it must give; integers as texts. */
const script = `
import sys, json, decimal, datetime
import pyarrow as pa, pyarrow.parquet as pq
D = decimal.Decimal
decimal.getcontext().prec = 60
us = lambda text: datetime.datetime.fromisoformat(text)
table = pa.table({
  'id': pa.array([1, 2, 3, 4], pa.int32()),
  'big': pa.array([9007199254740993, -(2**63), 2**63 - 1, None], pa.int64()),
  'unsigned': pa.array([2**64 - 1, 0, None, 1], pa.uint64()),
  'price': pa.array([D('12345678901234567890123456789.123456789'), D('-0.000000001'), None, D('0')], pa.decimal128(38, 9)),
  'at': pa.array([us('1969-12-31T23:59:59.999999'), us('0001-01-01T00:00:00.000001'), None, us('2026-11-21T15:00:00')], pa.timestamp('us')),
  'day': pa.array([datetime.date(1969, 12, 31), datetime.date(1, 1, 1), None, datetime.date(9999, 12, 31)], pa.date32()),
  'raw': pa.array([bytes([0, 255]), b'', None, b'x' * 40], pa.binary()),
  'ratio': pa.array([0.1, -0.0, None, float('inf')], pa.float64()),
  'nested': pa.array([{'a': [1, None, 2**62], 'b': {'c': None}}, {'a': [], 'b': None}, None, {'a': None, 'b': {'c': 'x'}}],
      pa.struct([('a', pa.list_(pa.int64())), ('b', pa.struct([('c', pa.string())]))])),
  'lists': pa.array([[['x'], None, []], [], None, [[None]]], pa.list_(pa.list_(pa.string()))),
})
pq.write_table(table, sys.argv[1])
rows = table.to_pylist()
present = lambda name: [row[name] for row in rows if row[name] is not None]
epoch = datetime.datetime(1970, 1, 1)
def plain(value):
    if isinstance(value, bool) or value is None or isinstance(value, str): return value
    if isinstance(value, int): return {'int': str(value)}
    if isinstance(value, float): return {'float': value.hex()}
    if isinstance(value, decimal.Decimal): return format(value.normalize(), 'f')
    if isinstance(value, datetime.datetime): return {'int': str((value - epoch) // datetime.timedelta(microseconds=1))}
    if isinstance(value, datetime.date): return {'day': (value - epoch.date()).days}
    if isinstance(value, bytes): return {'hex': value.hex()}
    if isinstance(value, list): return [plain(item) for item in value]
    return {'struct': [[name, plain(item)] for name, item in value.items()]}
print(json.dumps({
  'rows': [[[name, plain(value)] for name, value in row.items()] for row in rows],
  'sum': str(sum(present('big'))),
  'prices': format(sum(present('price')).normalize(), 'f'),
  'least': str(min((at - epoch) // datetime.timedelta(microseconds=1) for at in present('at'))),
}))
`;

interface Expected {
  readonly rows: readonly (readonly (readonly [name: string, value: unknown])[])[];
  readonly sum: string;
  readonly prices: string;
  readonly least: string;
}

/** A value in the words of the script. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'number') return { number: Object.is(value, -0) ? '-0' : String(value) };
  if (value instanceof Date) return { day: value.getTime() / 86_400_000 };
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return { struct: Object.entries(value).map(([name, item]) => [name, plain(item)]) };
}

describe('the values of sql()', () => {
  let folder: TemporaryFolder;
  let context: SourceContext;
  let expected: Expected;

  before(async function () {
    folder = new TemporaryFolder();
    context = { ...folder.context, stagingDirectory: folder.file('staged') };
    const { stdout, stderr, exitCode } = await requireOracle(this).script(['-c', script, folder.file('t.parquet')]);
    assert.equal(exitCode, 0, stderr);
    expected = JSON.parse(stdout);
  });

  after(() => folder.remove());

  it('are those that pyarrow wrote, to the last digit, nested ones and NULL too', async () => {
    const { elements } = await readAll(sql('SELECT * FROM t ORDER BY id', { tables: { t: 't.parquet' } }), context);
    const numbers: Record<string, readonly unknown[]> = {
      id: [1, 2, 3, 4].map((number) => ({ number: String(number) })),
      ratio: [{ number: '0.1' }, { number: '-0' }, null, { number: 'Infinity' }],
    };
    const rows = expected.rows.map((row, index) =>
      row.map(([name, value]) => [name, numbers[name] === undefined ? value : numbers[name][index]]),
    );
    assert.deepEqual(
      elements.map((row) => Object.entries(row).map(([name, value]) => [name, plain(value)])),
      rows,
    );
  });

  it('are exact after arithmetic, whose types are wider', async () => {
    const query = 'SELECT sum(big) AS s, sum(price) AS p, min("at") AS m FROM t';
    const { elements } = await readAll(sql(query, { tables: { t: 't.parquet' } }), context);
    assert.deepEqual(elements, [{ s: BigInt(expected.sum), p: expected.prices, m: BigInt(expected.least) }]);
  });

  it('are the same in the large results that DuckDB reads back', async () => {
    const query =
      "SELECT range AS i, range % 7 = 0 AS seventh, CASE WHEN range % 3 = 0 THEN NULL ELSE 'row ' || range END AS t, make_timestamp(range - 75000) AS at FROM range(150000)";
    const { elements, shards } = await readAll(sql(query), context);
    assert.equal(shards.length, 3);
    assert.equal(elements.length, 150_000);
    for (const [i, row] of elements.entries()) {
      const n = BigInt(i);
      if (row['i'] === n && row['seventh'] === (i % 7 === 0) && row['t'] === (i % 3 === 0 ? null : `row ${i}`)) {
        if (row['at'] === n - 75_000n) continue;
      }
      assert.deepEqual(row, { i: n, seventh: i % 7 === 0, t: i % 3 === 0 ? null : `row ${i}`, at: n - 75_000n });
    }
  });

  it('are Dates where they are asked for, and an error where a Date would round', async () => {
    const exact = sql("SELECT TIMESTAMP '1969-12-31 23:59:59.999' AS t", { timestamps: 'date' });
    assert.deepEqual((await readAll(exact, context)).elements, [{ t: new Date(-1) }]);
    const finer = sql("SELECT TIMESTAMP '1969-12-31 23:59:59.999999' AS t", { timestamps: 'date' });
    await assert.rejects(readAll(finer, context), { code: 'SOURCE_MALFORMED', message: /row 1 of its result.*-1 us/ });
  });

  it('of maps are their entries, of other zones UTC, of enumerations and JSON texts', async () => {
    const query = `SELECT MAP {'b': 1::BIGINT, 'a': NULL} AS m, TIMESTAMPTZ '1970-01-01 01:00:00+01' AS z,
      'x'::ENUM ('x', 'y') AS e, '{"n": 9007199254740993}'::JSON AS j, [1, 2]::INTEGER[2] AS f, TIME '00:00:01' AS t`;
    assert.deepEqual((await readAll(sql(query), context)).elements, [
      {
        m: [
          { key: 'b', value: 1n },
          { key: 'a', value: null },
        ],
        z: 0n,
        e: 'x',
        j: '{"n": 9007199254740993}',
        f: [1, 2],
        t: 1_000_000n,
      },
    ]);
  });

  it('of wide rows lie in row groups that workers can hold', async () => {
    const query = 'SELECT range AS i, repeat(chr(97 + (range % 26)::INTEGER), 20000) AS t FROM range(8192)';
    const { shards, elements } = await readAll(sql(query), context);
    assert.deepEqual([shards.length, elements.length], [4, 8192]);
    assert.equal(elements[27]?.['t'], 'b'.repeat(20_000));
  });
});
