import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { ResolvedConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { csv, type SqlOptions, sql } from '../../src/sources/index.js';
import { assertSameRows } from '../../src/testing/index.js';
import { type BigQueryEmulator, requireBigQueryEmulator } from '../bigquery/index.js';
import { TeamProject } from '../build/team-project.js';

const columns: Readonly<Record<string, readonly [duckdb: string, bigquery: string]>> = {
  id: ['CAST(id AS BIGINT) + 9007199254740992', 'id + 9007199254740992'],
  item: ['item', 'item'],
  price: ['CAST(price AS DECIMAL(18, 3))', 'CAST(price AS NUMERIC)'],
  ratio: ['CAST(id AS DOUBLE) / 3', 'id / 3'],
  is_even: ['CAST(id AS BIGINT) % 2 = 0', 'MOD(id, 2) = 0'],
  day: ['CAST(moment AS DATE)', 'DATE(moment)'],
  moment: ['CAST(moment AS TIMESTAMP)', 'moment'],
  bytes: ["from_hex('00ff')", "FROM_HEX('00ff')"],
  pair: ["{'x': CAST(id AS BIGINT), 'item': item}", 'STRUCT(id AS x, item AS item)'],
  list: ['[CAST(id AS BIGINT), 7]', '[id, 7]'],
};
const selected = (dialect: 0 | 1) =>
  Object.entries(columns)
    .map(([name, expressions]) => `${expressions[dialect]} AS ${name}`)
    .join(',\n  ');

describe('assertSameRows()', () => {
  let project: TeamProject;
  let emulator: BigQueryEmulator;
  let config: ResolvedConfig;
  let dataset = '';
  let from: URL;

  before(async function () {
    emulator = await requireBigQueryEmulator(this);
    dataset = await emulator.newDataset();
    project = await TeamProject.create();
    config = await project.config({ bigquery: { project: emulator.project, dataset } });
    from = new URL(`file://${project.directory}/builder.ts`);
    const rows = Array.from({ length: 40 }, (_, id) => ({
      id,
      item: id % 7 === 0 ? null : `item é ${id}`,
      price: `${id}.${id % 9}25`,
      at: `2026-01-0${1 + (id % 9)} 12:00:00.${String(100_001 + id)}`,
    }));
    const cells = rows.map(({ id, item, price, at }) => [id, item ?? '', price, at].join(','));
    await project.addFile('clicks.csv', `id,item,price,moment\n${cells.join('\n')}\n`);
    await emulator.run(`CREATE TABLE ${dataset}.clicks (id INT64, item STRING, price NUMERIC, moment TIMESTAMP)`);
    const values = rows.map(
      ({ id, item, price, at }) =>
        `(${id}, ${item === null ? 'NULL' : `'${item}'`}, NUMERIC '${price}', TIMESTAMP '${at}+00')`,
    );
    await emulator.run(`INSERT INTO ${dataset}.clicks VALUES ${values.join(', ')}`);
  });
  after(() => project?.remove());

  const query = async (name: string, duckdb: string, bigquery: string, options: SqlOptions = {}) => {
    await project.addFile(`${name}.duckdb.sql`, duckdb);
    await project.addFile(`${name}.bigquery.sql`, bigquery);
    const files = {
      duckdb: new URL(`./${name}.duckdb.sql`, from),
      bigquery: new URL(`./${name}.bigquery.sql`, from),
    };
    return sql(files, { tables: { clicks: 'clicks.csv' }, ...options });
  };
  const refuses = async (checking: Promise<unknown>, code: string, message: RegExp) => {
    await assert.rejects(checking, (error) => {
      assert.ok(error instanceof DatasetsError && error.code === code, inspect(error));
      assert.match(error.message, message);
      return true;
    });
  };

  it('passes where both dialects give the same rows, of every type, in whatever order', async () => {
    const source = await query(
      'same',
      `SELECT ${selected(0)}\nFROM clicks WHERE CAST(id AS BIGINT) >= $least ORDER BY clicks.id DESC`,
      `SELECT ${selected(1)}\nFROM ${dataset}.clicks WHERE id >= @least`,
      { params: { least: 3 } },
    );
    assert.deepEqual(await assertSameRows(source, { from, config }), { rows: 37 });
  });

  it('fails where a value differs, naming its column', async () => {
    const source = await query(
      'different',
      "SELECT CAST(id AS BIGINT) AS id, upper(item) AS item FROM clicks WHERE id < '5'",
      `SELECT id, IF(id = 3, item, UPPER(item)) AS item FROM ${dataset}.clicks WHERE CAST(id AS STRING) < '5'`,
    );
    await refuses(
      assertSameRows(source, { from, config }),
      'QUERY_INVALID',
      /different\.duckdb\.sql.*different\.bigquery\.sql.*\n.*; 34 are in both\ndifferent in: item\n.*only duckdb: .*"ITEM É 3".*\n.*only bigquery: .*"item é 3"/,
    );
    const hidden = assertSameRows(source, { from, config, hidden: ['item'] });
    await refuses(hidden, 'QUERY_INVALID', /only bigquery: \{ id: "3n", item: sha256 \w+ \}/);
  });

  it('fails where the order differs that counts', async () => {
    const source = await query(
      'ordered',
      'SELECT CAST(id AS BIGINT) AS id FROM clicks ORDER BY 1',
      `SELECT id FROM ${dataset}.clicks ORDER BY id DESC`,
    );
    await assertSameRows(source, { from, config });
    await refuses(assertSameRows(source, { from, config, isOrdered: true }), 'QUERY_INVALID', /from row 1 on/);
  });

  it('refuses what has no query for each dialect', async () => {
    const one = sql(
      { duckdb: new URL('./same.duckdb.sql', from) },
      { tables: { clicks: 'clicks.csv' }, params: { least: 3 } },
    );
    await refuses(
      assertSameRows(one, { from, config }),
      'UNSUPPORTED',
      /there is no same\.duckdb\.bigquery\.sql|bigquery/,
    );
    await refuses(assertSameRows(csv('clicks.csv'), { from, config }), 'USAGE', /csv\(clicks\.csv\) runs no query/);
  });
});
