import assert from 'node:assert/strict';
import { jobLabels } from '../../../../src/sources/sql/bigquery/job-labels.js';
import { queryParameters } from '../../../../src/sources/sql/bigquery/query-parameters.js';
import type { SqlParameters } from '../../../../src/sources/sql/parameters.js';

const ask = (text: string, parameters: SqlParameters = {}, snapshot?: Date, offered: SqlParameters = {}) =>
  queryParameters({
    query: { name: 'clicks.sql', text, digest: '' },
    parameters,
    offered,
    tables: {},
    types: {},
    choices: { int64: 'bigint', timestamps: 'integer' },
    snapshot,
  });

const shown = (...given: Parameters<typeof ask>) =>
  Object.fromEntries(
    ask(...given).map(({ name, parameterType, parameterValue }) => [name, [parameterType.type, parameterValue.value]]),
  );

describe('parameters of a query on BigQuery', () => {
  it('go in typed and exact', () => {
    const text = 'SELECT @yes, @id, @n, @x, @zero, @s, @t, @b, @nothing';
    const parameters = {
      yes: true,
      id: 9007199254740993n,
      n: 3,
      x: 0.1,
      zero: -0,
      s: "it's",
      t: new Date('2026-01-02T03:04:05.678Z'),
      b: Uint8Array.of(0, 255),
      nothing: null,
    };
    assert.deepEqual(shown(text, parameters), {
      yes: ['BOOL', 'true'],
      id: ['INT64', '9007199254740993'],
      n: ['INT64', '3'],
      x: ['FLOAT64', '0.1'],
      zero: ['FLOAT64', '-0.0'],
      s: ['STRING', "it's"],
      t: ['TIMESTAMP', '2026-01-02T03:04:05.678Z'],
      b: ['BYTES', 'AP8='],
      nothing: ['STRING', null],
    });
  });

  it('are not what stands in comments, texts and quoted names, or is a variable of the system', () => {
    const text = [
      "-- don't take @a",
      '# nor @b',
      "SELECT '@c', \"@d\", '''@e 'still' @e''', r'\\', @since, `@f`, @@g.h /* @i",
      '@j */ FROM t',
    ].join('\n');
    assert.deepEqual(shown(text, { since: 1 }), { since: ['INT64', '1'] });
  });

  it('are complete, and none is too many', () => {
    assert.throws(() => ask('SELECT @since', { sinse: 1 }), {
      code: 'QUERY_INVALID',
      message: 'clicks.sql: the parameter @since has no value',
      hint: 'Did you mean @sinse? Give it one: params: { since: … }.',
    });
    assert.throws(() => ask('SELECT 1', { since: 1 }), { code: 'QUERY_INVALID', message: /no parameter @since/ });
    assert.deepEqual(shown('SELECT @Since', { since: 1 }), { since: ['INT64', '1'] });
  });

  it('hold the time of a snapshot, which the query has to use', () => {
    const snapshot = new Date('2026-11-21T00:00:00Z');
    const text = 'SELECT a FROM d.t FOR SYSTEM_TIME AS OF @snapshot_time';
    assert.deepEqual(shown(text, {}, snapshot), { snapshot_time: ['TIMESTAMP', '2026-11-21T00:00:00.000Z'] });
    assert.throws(() => ask('SELECT a FROM d.t', {}, snapshot), {
      code: 'QUERY_INVALID',
      message: /does not use @snapshot_time/,
    });
    assert.throws(() => ask(text), { code: 'QUERY_INVALID', hint: /snapshot: p\.snapshotTime/ });
  });
});

describe('labels of a job on BigQuery', () => {
  it("say whose it is, within BigQuery's rules", () => {
    const build = {
      id: 'x',
      dataset: 'product_a',
      config: 'Men & Boys',
      version: '1.2.0',
      builder: 'ProductÄ'.repeat(9),
    };
    const labels = jobLabels(build);
    assert.deepEqual(labels, {
      ailab_datasets: 'build',
      ailab_dataset: 'product_a',
      ailab_config: 'men---boys',
      ailab_version: '1-2-0',
      ailab_builder: 'productä'.repeat(8).slice(0, 63),
    });
  });
});

describe('the period of a snapshot on BigQuery', () => {
  const offered = {
    snapshot_from: new Date('2026-11-21T00:00:00Z'),
    snapshot_to: new Date('2026-11-22T00:00:00Z'),
  };
  const query = 'SELECT * FROM t WHERE day >= DATE(@snapshot_from) AND day < DATE(@Snapshot_To)';

  it('goes in where the query uses it', () => {
    assert.deepEqual(shown(query, {}, undefined, offered), {
      snapshot_from: ['TIMESTAMP', '2026-11-21T00:00:00.000Z'],
      snapshot_to: ['TIMESTAMP', '2026-11-22T00:00:00.000Z'],
    });
    assert.deepEqual(shown('SELECT 1', {}, undefined, offered), {});
  });

  it('is what the author says, where he says it, and is missed where no snapshot is built', () => {
    const given = { snapshot_from: 'a', SNAPSHOT_TO: 'b' };
    assert.deepEqual(shown(query, given, undefined, offered), {
      snapshot_from: ['STRING', 'a'],
      SNAPSHOT_TO: ['STRING', 'b'],
    });
    assert.throws(() => ask(query), { code: 'QUERY_INVALID', hint: /--snapshot 20261121/ });
  });
});
