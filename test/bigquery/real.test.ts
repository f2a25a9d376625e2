import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { BigQuery } from '@google-cloud/bigquery';
import { build, load } from '../../src/build/index.js';
import type { BigQueryConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { readManifest } from '../../src/registry/index.js';
import { openStorage } from '../../src/storage/index.js';
import { TeamProject } from '../build/team-project.js';
import { skip } from '../oracle/index.js';

/** `project.dataset`: tables are made in it, which expire after an hour; queries are billed to the project, 20 MiB or so in all. */
const variable = 'AILAB_TEST_REAL_BIGQUERY';
const place = process.env[variable];
const emulators = ['BIGQUERY_EMULATOR_HOST', 'BIGQUERY_READ_EMULATOR_HOST'] as const;

const rowCount = 1000;
const query = `SELECT
  n + 9007199254740992 AS id, NUMERIC '0.000000001' + n AS price, TIMESTAMP_MICROS(1700000000000001 + n) AS moment,
  DATE '2026-01-31' AS day, FROM_HEX('00ff') AS bytes, [n, 7] AS list, STRUCT('é' AS x, n AS y) AS pair, JSON '{"a": 1}' AS json,
  IF(MOD(n, 2) = 0, NULL, n / 3) AS ratio
FROM UNNEST(GENERATE_ARRAY(0, @most - 1)) AS n
`;
const body = `
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'Rows.', features: features({ row: text() }) }; }
  override splits(p: any) {
    const query = lib.sql(new URL('./rows.sql', import.meta.url), { params: { most: ${rowCount} } });
    const shown = (row: any) => JSON.stringify(row, (_, value) => typeof value === 'bigint' ? value + 'n' : value);
    return { train: p.read(query).keyBy((row: any) => row.id ?? row.key).mapValues((row: any) => ({ row: shown(row) })) };
  }`;

// Opt-in: a run of CI without it lacks nothing, so nothing is skipped there.
if (place === undefined && process.env['CI'] !== 'true') {
  describe('real BigQuery', () => {
    it('gives what the emulator gives', function () {
      skip(this, `${variable} names no project.dataset to try it in; see docs/development.md`);
    });
  });
}

if (place !== undefined) {
  describe('real BigQuery', function () {
    this.timeout(600_000);
    let project: TeamProject;
    let client: BigQuery;
    const before_ = emulators.map((name) => [name, process.env[name]] as const);
    const dot = place.lastIndexOf('.');
    const [projectId, datasetId] = [place.slice(0, dot), place.slice(dot + 1)];
    let result = '';

    before(async () => {
      for (const name of emulators) delete process.env[name];
      client = new BigQuery({ projectId });
      project = await TeamProject.create();
      await project.addDataset('rows', body);
      await project.addFile('datasets/rows/rows.sql', query);
    });
    after(async () => {
      for (const [name, value] of before_) if (value !== undefined) process.env[name] = value;
      await project?.remove();
    });

    const configuration = (bigquery: BigQueryConfig = {}) =>
      project.config({
        ...{ warehouse: 'bigquery', runner: 'inline' },
        bigquery: { project: projectId, dataset: place, expirationHours: 1, ...bigquery },
      });
    const refuses = async (text: string, code: string, message: RegExp, bigquery: BigQueryConfig = {}) => {
      await project.addFile('datasets/rows/rows.sql', text);
      const config = await configuration(bigquery);
      await assert.rejects(build('rows', { config, ifExists: 'overwrite', restart: true }), (error) => {
        assert.ok(error instanceof DatasetsError && error.code === code, inspect(error));
        assert.match(error.message, message);
        return true;
      });
    };

    it('gives rows exactly, from a table that expires, by a job with labels', async () => {
      const config = await configuration();
      const { directory, splits } = await build('rows', { config });
      assert.equal(splits[0]?.examples, rowCount);
      const seen = new Set<string>();
      for await (const { row } of await load('rows', { split: 'train', config, build: 'never' })) seen.add(String(row));
      for (let n = 0; n < rowCount; n++) {
        const expected = {
          ...{ id: `${9007199254740992n + BigInt(n)}n`, price: `${n}.000000001`, moment: `${1700000000000001 + n}n` },
          ...{ day: '2026-01-31T00:00:00.000Z', bytes: { 0: 0, 1: 255 }, list: [`${n}n`, '7n'] },
          ...{ pair: { x: 'é', y: `${n}n` }, json: '{"a":1}', ratio: n % 2 === 0 ? null : n / 3 },
        };
        assert.ok(seen.has(JSON.stringify(expected)), `${JSON.stringify(expected)} is not in ${[...seen][0]}`);
      }
      const manifest = await readManifest(openStorage(directory), '');
      const recorded = manifest?.sources.find(({ query }) => query !== undefined)?.query;
      result = recorded?.result ?? '';
      const [table] = await client
        .dataset(datasetId, { projectId })
        .table(result.split('.').at(-1) ?? '')
        .getMetadata();
      const minutes = (Number(table.expirationTime) - Date.now()) / 60_000;
      assert.ok(minutes > 0 && minutes <= 60, `it expires in ${minutes} minutes`);
      const [, location = '', id = ''] = /^.*:([\w-]+)\.(\w+)$/.exec(recorded?.job ?? '') ?? [];
      const [job] = await client.job(id, { location }).getMetadata();
      assert.equal(job.configuration.labels.ailab_dataset, 'rows');
      assert.equal(Number(job.statistics.query.totalBytesBilled), recorded?.bytesBilled);
    });

    it('refuses what reads more than the cap, before anything is paid', async () => {
      const text = `SELECT *, @most AS most FROM \`${result}\``;
      await refuses(text, 'LIMIT_EXCEEDED', /reads .* KiB/, { maximumBytesBilled: '1 KiB' });
    });

    it('names line, table and time of what is wrong', async () => {
      await refuses('SELECT @most AS a,\n  wrong FROM UNNEST([1])', 'QUERY_INVALID', /rows\.sql line 2: .*wrong/);
      const nowhere = `${place}.nowhere`;
      await refuses(`SELECT @most AS a FROM \`${nowhere}\``, 'SOURCE_NOT_FOUND', /nowhere/);
      const old = 'FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 DAY)';
      await refuses(`SELECT @most AS a, * FROM \`${result}\` ${old}`, 'QUERY_INVALID', /rows\.sql/);
      await refuses('SELECT ERROR(CONCAT("sec", "ret")) AS a, @most AS b', 'QUERY_INVALID', /^(?!.*secret)/);
    });
  });
}
