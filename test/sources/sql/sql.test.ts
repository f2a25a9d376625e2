import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { DatasetsError } from '../../../src/core/errors/index.js';
import {
  type SourceContext,
  type SqlOptions,
  type SqlParameter,
  type SqlQuery,
  sql,
} from '../../../src/sources/index.js';
import { readAll, TemporaryFolder } from '../read-all.js';

describe('sql()', () => {
  let folder: TemporaryFolder;
  let context: SourceContext;

  before(() => {
    folder = new TemporaryFolder();
    context = { ...folder.context, stagingDirectory: folder.file('staged') };
    folder.write('logs-1.csv', 'id,item,price\n1,a,2.50\n2,b,\n');
    folder.write('logs-2.csv', 'id,item,price\n9007199254740993,"a,""b""",0.10\n');
  });

  after(() => folder.remove());

  const rowsOf = async (query: SqlQuery, options: SqlOptions = {}) =>
    (await readAll(sql(query, options), context)).elements;

  const refuses = async (query: SqlQuery, options: SqlOptions, code: string, message: RegExp, hint = /./) => {
    await assert.rejects(rowsOf(query, options), (error) => {
      assert.ok(error instanceof DatasetsError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.match(error.hint ?? '', hint);
      return true;
    });
  };

  const queryFile = (name: string, text: string) => pathToFileURL(folder.file(folder.write(name, text)));

  it('reads files that are named as tables by a query in a file', async () => {
    const query = queryFile(
      'prices.sql',
      '-- prices by item\nSELECT item, price FROM logs WHERE price IS NOT NULL ORDER BY id;\n',
    );
    assert.deepEqual(await rowsOf(query, { tables: { logs: 'logs-*.csv' } }), [
      { item: 'a', price: '2.50' },
      { item: 'a,"b"', price: '0.10' },
    ]);
    const { positions, shards } = await readAll(sql(query, { tables: { logs: 'logs-*.csv' } }), context);
    assert.deepEqual(shards, ['prices.sql rows 0-2']);
    assert.deepEqual(positions, ['prices.sql row 1 of its result', 'prices.sql row 2 of its result']);
  });

  it('reads columns of tables as the types that are declared', async () => {
    const logs = { files: 'logs-*.csv', types: { id: 'BIGINT', price: 'DECIMAL(9, 2)' } };
    const rows = await rowsOf('SELECT sum(id) AS ids, sum(price) AS prices FROM logs', { tables: { logs } });
    assert.deepEqual(rows, [{ ids: 9007199254740996n, prices: '2.6' }]);
  });

  it('reads JSON Lines and Parquet, with paths that are patterns to DuckDB', async () => {
    folder.write('users[1].jsonl', '{"id":1,"tags":["x"]}\n{"id":2,"tags":[],"born":{"year":9007199254740993}}\n');
    const tables = { users: folder.file('users[1].jsonl').replace('[', '[[]') };
    const rows = await rowsOf('SELECT * FROM users ORDER BY id', { tables });
    assert.deepEqual(rows, [
      { id: 1n, tags: ['x'], born: null },
      { id: 2n, tags: [], born: { year: 9007199254740993n } },
    ]);
  });

  it('reads TSV, packed files, and JSON Lines as the types that are declared', async () => {
    folder.write('cities.tsv', 'id\tname\n1\t"a\tb"\n');
    folder.write('more.csv.gz', 'id\n007\n');
    folder.write('events.jsonl.gz', '{"id":1,"at":"2026-01-02","amount":0.10}\n{"id":2}\n');
    const events = { files: 'events.jsonl.gz', types: { id: 'UTINYINT', at: 'VARCHAR', amount: 'DECIMAL(5, 2)' } };
    const tables = { cities: 'cities.tsv', more: 'more.csv.gz', events };
    assert.deepEqual(await rowsOf('SELECT * FROM cities', { tables }), [{ id: '1', name: 'a\tb' }]);
    assert.deepEqual(await rowsOf('SELECT * FROM more', { tables }), [{ id: '007' }]);
    assert.deepEqual(await rowsOf('SELECT * FROM events ORDER BY id', { tables }), [
      { id: 1, at: '2026-01-02', amount: '0.1' },
      { id: 2, at: null, amount: null },
    ]);
    await refuses('SELECT 1 AS a', { tables: { t: ['cities.tsv', 'more.csv.gz'] } }, 'PIPELINE_INVALID', /mixes files/);
    folder.write('rows.txt', 'a\n');
    await refuses('SELECT 1 AS a', { tables: { t: 'rows.txt' } }, 'UNSUPPORTED', /does not tell its format/);
  });

  it('binds parameters, so that no text of theirs is SQL', async () => {
    const params = { text: "'; DROP TABLE x; --", at: new Date(-1), big: 2n ** 62n, half: 0.5, none: null, yes: true };
    const rows = await rowsOf(
      'SELECT $text AS text, $at AS at, $big AS big, $half AS half, $none AS none, $yes AS yes',
      {
        params,
      },
    );
    assert.deepEqual(rows, [{ ...params, at: -1000n }]);
  });

  it('binds days, times, decimals, arrays and structs as what they are', async () => {
    const params = {
      day: { sqlType: 'date', value: '2026-01-31' },
      time: { sqlType: 'time', value: '23:59:59.000001' },
      at: { sqlType: 'timestamp', value: '2026-01-31T23:59:59.999999Z' },
      price: { sqlType: 'decimal', value: '-0.50' },
      ids: [1, 9007199254740993n],
      mixed: [1, 0.5],
      none: { sqlType: 'string', value: [] },
      absent: { sqlType: 'date', value: null },
      pair: { id: 7, tags: ['x', "y'"] },
      pairs: [{ id: 1n }, { id: 2n }],
    } as const;
    const query =
      'SELECT $day AS day, $time AS time, $at AS at, $price AS price, $ids AS ids, $mixed AS mixed, len($none) AS none, CAST($absent AS DATE) AS absent, $pair AS pair, $pairs AS pairs';
    assert.deepEqual(await rowsOf(query, { params }), [
      {
        day: new Date('2026-01-31'),
        time: 86_399_000_001n,
        at: 1_769_903_999_999_999n,
        price: '-0.5',
        ids: [1n, 9007199254740993n],
        mixed: [1, 0.5],
        none: 0n,
        absent: null,
        pair: { id: 7n, tags: ['x', "y'"] },
        pairs: [{ id: 1n }, { id: 2n }],
      },
    ]);
  });

  it('reads a part of a result: some columns, some rows', async () => {
    const query = "SELECT * FROM (VALUES (1, 'a', 0.5), (2, 'b', 1.5), (3, 'b', 2.5)) AS t(id, item, price); -- all";
    const part = { columns: ['price', 'id'], where: "item = 'b' AND price > 2 -- not 2" };
    assert.deepEqual(await rowsOf(query, { part, types: { price: 'decimal' } }), [{ id: 3, price: '2.5' }]);
    assert.equal((await rowsOf(query)).length, 3);
    await refuses(query, { part: { columns: ['prise'] } }, 'QUERY_INVALID', /no column prise/, /Did you mean price/);
    await refuses(query, { part, types: { item: 'string' } }, 'QUERY_INVALID', /no column item, which is declared/);
    await refuses(query, { part: { where: 'nothing > 1' } }, 'QUERY_INVALID', /nothing/);
  });

  it('refuses parameters that no type fits, without showing them', async () => {
    const cases: readonly (readonly [SqlParameter, RegExp])[] = [
      [[], /without elements/],
      [[1, 'secret'], /several types/],
      [[1, null], /holds null/],
      [{ sqlType: 'date', value: 'secret' }, /is no date, which is written '2026-01-31'/],
      [{ sqlType: 'time', value: '24:00:00' }, /is no time/],
      [{ sqlType: 'int64', value: 0.5 }, /is no int64/],
      [{}, /without fields/],
      [2 ** 53, /give a bigint/],
    ];
    for (const [value, message] of cases) {
      assert.throws(
        () => sql('SELECT $a', { params: { a: value } }),
        (error) => {
          assert.ok(error instanceof DatasetsError && error.code === 'PIPELINE_INVALID', String(error));
          assert.match(error.message, message);
          assert.doesNotMatch(inspect(error), /secret/);
          return true;
        },
      );
    }
  });

  it('runs again what a parameter changes, and counts it in the state', async () => {
    const query = 'SELECT $n AS n';
    assert.deepEqual(await rowsOf(query, { params: { n: 1 } }), [{ n: 1n }]);
    assert.deepEqual(await rowsOf(query, { params: { n: 2 } }), [{ n: 2n }]);
    const [one, two] = [sql(query, { params: { n: 1 } }), sql(query, { params: { n: 2 } })];
    assert.notDeepEqual(await one.state(context), await two.state(context));
    assert.notEqual(await one.stamp?.(context), await two.stamp?.(context));
  });

  it('names query and files in its state', async () => {
    const query = queryFile('count.sql', 'SELECT count(*) AS n FROM logs');
    const states = await sql(query, { tables: { logs: 'logs-*.csv' } }).state(context);
    assert.deepEqual(
      states.map(({ uri }) => uri),
      ['count.sql', 'logs-1.csv', 'logs-2.csv'],
    );
    assert.ok(states.every(({ digest }) => /^[0-9a-f]{64}$/.test(digest ?? '')));
  });

  it('gives no rows for an empty result', async () => {
    assert.deepEqual(await rowsOf('SELECT 1 AS a WHERE false'), []);
  });

  it('gives the columns that are declared their types, and checks them', async () => {
    const source = sql('SELECT 1 AS id, 2.5::DOUBLE AS price, NULL::DATE AS day', {
      types: { id: 'int64', price: 'float64', day: 'date?' },
      int64: 'number',
    });
    const [row] = (await readAll(source, context)).elements;
    // What the compiler knows of the row.
    const id: number | undefined = row?.id;
    const day: Date | null | undefined = row?.day;
    assert.deepEqual([id, row?.price, day], [1, 2.5, null]);
    await refuses(
      'SELECT 1 AS a',
      { types: { a: 'string' } },
      'QUERY_INVALID',
      /column a is INTEGER, and is declared string/,
    );
    await refuses('SELECT 1 AS a', { types: { aa: 'int32' } }, 'QUERY_INVALID', /no column aa/, /Did you mean a\?/);
    await refuses('SELECT 300 AS a', { types: { a: 'int8' } }, 'QUERY_INVALID', /300/);
    const nulls = 'SELECT * FROM (VALUES (1), (NULL), (3)) AS t(a)';
    await refuses(nulls, { types: { a: 'int32' } }, 'QUERY_INVALID', /column a is NULL in 1 of 3 rows/, /a: '…\?'/);
  });

  it('refuses an integer that is no exact number, naming the row', async () => {
    const query = 'SELECT 1 + 9007199254740991 * range AS a FROM range(2) ORDER BY 1';
    await refuses(query, { int64: 'number' }, 'SOURCE_MALFORMED', /row 2 of its result.*9007199254740992/);
    const sum = 'SELECT sum(9007199254740993) AS a';
    await refuses(sum, { int64: 'number' }, 'SOURCE_MALFORMED', /row 1 of its result: a is 9007199254740993/);
    const hiding = { ...context, hidesValues: true };
    for (const [text, shown] of [
      [query, /row 2 of its result: an integer is too large/],
      [sum, /row 1 of its result: an integer of a is too large/],
    ] as const) {
      await assert.rejects(readAll(sql(text, { int64: 'number' }), hiding), { message: shown });
    }
  });

  it('names file and line of what DuckDB refuses', async () => {
    const tables = { logs: 'logs-*.csv' };
    const file = (name: string, text: string) => queryFile(name, text);
    await refuses(
      file('syntax.sql', 'SELECT 1\nFRM logs WHERE'),
      { tables },
      'QUERY_INVALID',
      /^syntax\.sql line 2: Parser Error/,
    );
    await refuses(
      file('column.sql', 'SELECT\n  item,\n  prize FROM logs'),
      { tables },
      'QUERY_INVALID',
      /^column\.sql line 3: .*"prize".*"price"/,
    );
    await refuses(
      file('table.sql', 'SELECT * FROM\nlog'),
      { tables },
      'QUERY_INVALID',
      /^table\.sql line 2: .*log does not exist/,
      /`tables`/,
    );
    await refuses(
      file('cast.sql', 'SELECT id,\n\nitem::INTEGER AS i FROM logs'),
      { tables },
      'QUERY_INVALID',
      /^cast\.sql line 3: Conversion Error/,
      /TRY_CAST/,
    );
  });

  it('names the column of a value that does not fit, and never the value', async () => {
    const cases = [
      ["SELECT ('se''cret' || id)::INTEGER AS i FROM logs", /Conversion Error: a value does not fit|a value of column/],
      ["SELECT strptime('secret' || id, '%Y') AS i FROM logs", /Invalid Input Error: a value does not fit/],
      ["SELECT ('{secret' || id)::JSON AS i FROM logs", /Conversion Error: a value does not fit/],
    ] as const;
    for (const [query, message] of cases) {
      await assert.rejects(rowsOf(queryFile('private.sql', query), { tables: { logs: 'logs-*.csv' } }), (error) => {
        assert.ok(error instanceof DatasetsError && error.code === 'QUERY_INVALID');
        assert.match(error.message, message);
        assert.doesNotMatch(inspect(error, { depth: 9 }), /secret/);
        return true;
      });
    }
    folder.write('ages.csv', 'name,age\nsecret,17\nother,se"cr"et\n');
    const ages = { ages: { files: 'ages.csv', types: { name: 'VARCHAR', age: 'INTEGER' } } } as const;
    await assert.rejects(rowsOf('SELECT * FROM ages', { tables: ages }), (error) => {
      assert.match(String(error), /a value of column age in line 3 of its file does not fit/);
      assert.doesNotMatch(inspect(error, { depth: 9 }), /se"cr"et|secret/);
      return true;
    });
  });

  it('refuses what is not one SELECT with columns of different names', async () => {
    await refuses('SELECT 1 AS a; SELECT 2 AS a', {}, 'QUERY_INVALID', /holds 2 statements/);
    await refuses('-- nothing', {}, 'QUERY_INVALID', /holds no statement|No statement/);
    await refuses('CREATE TABLE x (a INTEGER)', {}, 'QUERY_INVALID', /of type CREATE/);
    await refuses("COPY (SELECT 1) TO '/tmp/x.csv'", {}, 'QUERY_INVALID', /of type COPY|disabled/);
    await refuses('SELECT 1 AS a, 2 AS A', {}, 'QUERY_INVALID', /two columns of its result are called A/);
    await refuses('SELECT INTERVAL 1 DAY AS a', {}, 'QUERY_INVALID', /column a holds INTERVAL/, /Cast it/);
    await refuses('SELECT [sum(1)] AS a', {}, 'QUERY_INVALID', /column a holds HUGEINT/, /BIGINT/);
  });

  it('refuses parameters without a value, without a place, or without a name', async () => {
    await refuses(
      'SELECT $since AS a',
      { params: { sinec: 1 } },
      'QUERY_INVALID',
      /\$since has no value/,
      /Did you mean \$sinec\?/,
    );
    await refuses('SELECT 1 AS a', { params: { b: 1 } }, 'QUERY_INVALID', /no parameter \$b/);
    await refuses('SELECT ? AS a', {}, 'QUERY_INVALID', /without a name/);
    assert.throws(() => sql('SELECT $a AS a', { params: { a: 2 ** 53 } }), /too large to be exact/);
  });

  it('reaches no file that is not named, no network, no extension and no setting', async () => {
    writeFileSync(folder.file('secret.csv'), 'a\n1\n');
    const tables = { logs: 'logs-1.csv' };
    const denied = /Permission Error|disabled|does not exist|locked/;
    for (const from of [
      `'${folder.file('secret.csv')}'`,
      `read_csv('${folder.file('secret.csv')}')`,
      `read_text('${folder.file('*.csv')}')`,
      `glob('${folder.file('*')}')`,
      "read_parquet('https://example.org/x.parquet')",
    ]) {
      await refuses(`SELECT * FROM ${from}`, { tables }, 'QUERY_INVALID', denied, /tables/);
    }
    for (const statement of ["ATTACH 'x.db'", 'LOAD httpfs', 'SET threads = 4', 'PRAGMA version']) {
      await refuses(statement, { tables }, 'QUERY_INVALID', /./);
    }
  });

  it('says which dialect is missing, and by which file', async () => {
    const query = { bigquery: queryFile('clicks.bigquery.sql', 'SELECT 1 AS a') };
    await refuses(query, {}, 'UNSUPPORTED', /there is no clicks\.duckdb\.sql/, /--warehouse bigquery/);
    await refuses(
      'clicks.sql',
      {},
      'PIPELINE_INVALID',
      /names a file/,
      /new URL\("\.\/clicks\.sql", import\.meta\.url\)/,
    );
    await refuses(pathToFileURL(folder.file('absent.sql')), {}, 'SOURCE_NOT_FOUND', /absent\.sql/);
  });

  it('is refused on a warehouse that it has no dialect for, or that cannot run it', async () => {
    const elsewhere: SourceContext = { ...context, warehouse: 'bigquery' };
    const query = { duckdb: queryFile('clicks.duckdb.sql', 'SELECT 1 AS a') };
    const missing = {
      code: 'UNSUPPORTED',
      message: /clicks\.duckdb\.sql is written for duckdb.*no clicks\.bigquery\.sql/,
    };
    await assert.rejects(readAll(sql(query), elsewhere), missing);
    const files = sql('SELECT 1 AS a', { tables: { logs: 'logs-*.csv' } });
    await assert.rejects(readAll(files, elsewhere), { code: 'QUERY_INVALID', message: /logs is a local file/ });
  });

  it('stops at once when the build is told to, and leaves nothing', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    const endless = sql('SELECT count(*) AS n FROM range(1000000000000) AS a(i) WHERE hash(i) = 1');
    const started = performance.now();
    const stagingDirectory = folder.file('stopped');
    await assert.rejects(readAll(endless, { ...context, stagingDirectory, signal: controller.signal }), {
      code: 'INTERRUPTED',
    });
    assert.ok(performance.now() - started < 30_000);
    assert.deepEqual(readdirSync(stagingDirectory), []);
  });

  it('keeps a result for a build that goes on, until its files or its text change', async () => {
    folder.write('grows.csv', 'a\n1\n');
    const source = sql('SELECT a, random() AS r FROM t', { tables: { t: 'grows.csv' } });
    const first = await readAll(source, context);
    assert.deepEqual(await readAll(source, context), first);
    folder.write('grows.csv', 'a\n1\n2\n');
    const second = await readAll(source, context);
    assert.equal(second.elements.length, 2);
    assert.notDeepEqual(second.elements[0], first.elements[0]);
  });

  it('reads a damaged file of a table as the table, by name', async () => {
    folder.write('broken.parquet', readFileSync(folder.file('logs-1.csv')));
    await refuses('SELECT * FROM t', { tables: { t: 'broken.parquet' } }, 'QUERY_INVALID', /table t.*(Parquet|magic)/i);
  });
});
