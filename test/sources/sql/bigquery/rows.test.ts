import assert from 'node:assert/strict';
import { type SourceContext, type SqlOptions, sql } from '../../../../src/sources/index.js';
import { type BigQueryEmulator, requireBigQueryEmulator } from '../../../bigquery/index.js';
import { readAll, TemporaryFolder } from '../../read-all.js';
import { bigQueryContext } from './bigquery-context.js';

/** A column of each type, its value as a literal, and what is to come. */
const columns = {
  int: ['INT64', '9007199254740993', 9007199254740993n],
  small: ['INT64', '-7', -7n],
  float: ['FLOAT64', '0.1', 0.1],
  bool: ['BOOL', 'TRUE', true],
  text: ['STRING', "'déjà 🙂'", 'déjà 🙂'],
  bytes: ['BYTES', "FROM_BASE64('AP8=')", Uint8Array.of(0, 255)],
  numeric: ['NUMERIC', "NUMERIC '-12.5'", '-12.5'],
  date: ['DATE', "DATE '1969-12-31'", new Date('1969-12-31')],
  time: ['TIME', "TIME '23:59:59.999999'", 86_399_999_999n],
  datetime: ['DATETIME', "DATETIME '2026-01-31 23:59:59.000001'", 1_769_903_999_000_001n],
  timestamp: ['TIMESTAMP', "TIMESTAMP '2026-01-31 23:59:59.000001+00'", 1_769_903_999_000_001n],
  before1970: ['TIMESTAMP', "TIMESTAMP '1960-01-01 00:00:00.000001+00'", -315_619_199_999_999n],
  json: ['JSON', `JSON '{"a":[1,null]}'`, '{"a":[1,null]}'],
  list: ['ARRAY<INT64>', '[1, 2]', [1n, 2n]],
  empty: ['ARRAY<STRING>', 'CAST([] AS ARRAY<STRING>)', []],
  record: ['STRUCT<id INT64, tags ARRAY<STRING>>', "STRUCT(1, ['x'])", { id: 1n, tags: ['x'] }],
  records: ['ARRAY<STRUCT<price NUMERIC>>', "[STRUCT(NUMERIC '2.5')]", [{ price: '2.5' }]],
} as const;

describe('rows that BigQuery gives', () => {
  let folder: TemporaryFolder;
  let context: SourceContext;
  let emulator: BigQueryEmulator;
  let table: string;

  before(async function () {
    emulator = await requireBigQueryEmulator(this);
    folder = new TemporaryFolder();
    const dataset = await emulator.newDataset();
    context = bigQueryContext(folder, { project: emulator.project, dataset }, 'rows');
    table = `${dataset}.every_type`;
    const declared = Object.entries(columns).map(([name, [type]]) => `\`${name}\` ${type}`);
    const literals = Object.values(columns).map(([, literal]) => literal);
    const nulls = Object.values(columns).map(([type]) => (type.startsWith('ARRAY') ? '[]' : 'NULL'));
    await emulator.run(`CREATE TABLE ${table} (row_number INT64, ${declared.join(', ')})`);
    await emulator.run(`INSERT INTO ${table} VALUES (1, ${literals.join(', ')})`);
    await emulator.run(`INSERT INTO ${table} VALUES (2, ${nulls.join(', ')})`);
  });

  after(() => folder?.remove());

  const rowsOf = async (text: string, options: SqlOptions = {}) =>
    (await readAll(sql(text, options), context)).elements;

  it('are exact, of every type, and null', async () => {
    const [full, empty] = await rowsOf(`SELECT * FROM ${table} ORDER BY row_number`);
    const expected = Object.entries(columns).map(([name, [, , value]]) => [name, value]);
    assert.deepEqual(full, Object.fromEntries([['row_number', 1n], ...expected]));
    const isList = (type: string) => type.startsWith('ARRAY');
    const nulls = Object.entries(columns).map(([name, [type]]) => [name, isList(type) ? [] : null]);
    assert.deepEqual(empty, Object.fromEntries([['row_number', 2n], ...nulls]));
  });

  it('are those that the REST API gives', async () => {
    const query = `SELECT * EXCEPT (list, empty, record, records) FROM ${table} ORDER BY row_number`;
    const rows = await rowsOf(query);
    // Asked without the client, whose own times are wrong in their last three digits.
    const body = JSON.stringify({ query, useLegacySql: false, formatOptions: { useInt64Timestamp: true } });
    const headers = { 'content-type': 'application/json' };
    const url = `${emulator.url}/bigquery/v2/projects/${emulator.project}/queries`;
    const reply = (await (await fetch(url, { method: 'POST', headers, body })).json()) as RestRows;
    // The emulator has three digits after the point for every NUMERIC; BigQuery shows as many as there are.
    const theirs = reply.rows.map(({ f }) =>
      Object.fromEntries(f.map(({ v }, i) => [reply.schema.fields[i]?.name, v === '-12.500' ? '-12.5' : v])),
    );
    assert.deepEqual(
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, restText(name, value)]))),
      theirs,
    );
  });

  it('are checked against the types that are declared, before the query is run', async () => {
    const types = { small: 'int8', int: 'int64', numeric: 'decimal?', timestamp: 'timestamp?' } as const;
    const where = 'WHERE row_number = 1';
    const [row] = await rowsOf(`SELECT small, int, numeric, timestamp FROM ${table} ${where}`, {
      types,
      timestamps: 'integer',
    });
    assert.deepEqual(row, { small: -7, int: 9007199254740993n, numeric: '-12.5', timestamp: 1_769_903_999_000_001n });
    const refuses = (options: SqlOptions, expected: object) =>
      assert.rejects(rowsOf(`SELECT int FROM ${table}`, options), expected);
    await refuses(
      { types: { int: 'string' } },
      { code: 'QUERY_INVALID', message: /column int is INT64, and is declared string/ },
    );
    await refuses({ types: { itn: 'int64' } }, { code: 'QUERY_INVALID', hint: /^Did you mean int\?/ });
    await refuses(
      { types: { int: 'int32?' } },
      { code: 'SOURCE_MALFORMED', message: /row 1 of stream 1 .* too large|does not fit int32/ },
    );
    await refuses({ types: { int: 'int64' } }, { code: 'SOURCE_MALFORMED', message: /int: is NULL/ });
    await refuses({ int64: 'number' }, { code: 'SOURCE_MALFORMED', hint: /bigint/ });
  });

  it('are the same for parameters as in DuckDB', async () => {
    const params = {
      day: { sqlType: 'date', value: '2026-01-31' },
      time: { sqlType: 'time', value: '23:59:59.000001' },
      at: { sqlType: 'timestamp', value: '2026-01-31T23:59:59.999999Z' },
      price: { sqlType: 'decimal', value: '-0.5' },
      big: 9007199254740993n,
      mixed: [1, 0.5],
      absent: { sqlType: 'date', value: null },
      pair: { id: 7, tags: ['x', "y'"] },
      text: "it's @x",
    } as const;
    const query = (sign: string) =>
      `SELECT ${Object.keys(params)
        .map((name) => (name === 'absent' ? `CAST(${sign}absent AS DATE) AS absent` : `${sign}${name} AS ${name}`))
        .join(', ')}`;
    const ours = await rowsOf(query('@'), { params });
    const duckdb: SourceContext = { ...context, warehouse: 'duckdb' };
    assert.deepEqual(ours, (await readAll(sql(query('$'), { params }), duckdb)).elements);
  });

  it('are a part of a result, where one is asked for: some columns, some rows', async () => {
    const text = `SELECT row_number, small, text FROM ${table}`;
    const part = { columns: ['text', 'row_number'], where: 'small < 0 AND row_number = 1' };
    const [row, ...others] = await rowsOf(text, { part, types: { row_number: 'int64' } });
    assert.deepEqual([{ ...row }, others], [{ row_number: 1n, text: 'déjà 🙂' }, []]);
    assert.equal((await rowsOf(text)).length, 2);
    const refused = rowsOf(text, { part: { columns: ['txet'] } });
    await assert.rejects(refused, { code: 'QUERY_INVALID', message: /no column txet, which is to be read/ });
  });

  it('are those of all tables that a wildcard names, which may be told by their suffix', async () => {
    const [dataset] = table.split('.');
    for (const day of ['20260101', '20260102', '20260103']) {
      await emulator.run(`CREATE TABLE ${dataset}.logs_${day} AS SELECT ${day} AS id`);
    }
    const text = `SELECT id, _TABLE_SUFFIX AS day FROM \`${dataset}.logs_*\` WHERE _TABLE_SUFFIX >= '20260102' ORDER BY id`;
    assert.deepEqual(await rowsOf(text), [
      { id: 20260102n, day: '20260102' },
      { id: 20260103n, day: '20260103' },
    ]);
  });

  it('come in shards that are read again with the same rows', async () => {
    const text = 'SELECT x AS id FROM UNNEST(GENERATE_ARRAY(1, 600000)) AS x';
    const first = await readAll<{ id: bigint }>(sql(text), context);
    assert.equal(first.shards.length, 3);
    assert.equal(new Set(first.elements.map(({ id }) => id)).size, 600_000);
    assert.match(first.positions[0] ?? '', /^SELECT x AS id FROM UNNEST.* row 1 of stream 1 of its result$/);
    assert.deepEqual((await readAll(sql(text), context)).elements, first.elements);
  });
});

interface RestRows {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  readonly rows: readonly { readonly f: readonly { readonly v: string | null }[] }[];
}

/** A value in the notation of the REST API. */
function restText(name: string, value: unknown): string | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value !== 'bigint' || (name !== 'time' && name !== 'datetime')) return String(value);
  const text = new Date(Number(value / 1000n)).toISOString().replace('Z', String(value % 1000n).padStart(3, '0'));
  return name === 'time' ? text.slice(11) : text;
}
