import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type BuildResult, build } from '../../src/build/index.js';
import type { DatasetsConfig } from '../../src/core/config/index.js';
import { openRegistry, readBuildReports, readManifest } from '../../src/registry/index.js';
import { openStorage } from '../../src/storage/index.js';
import { type BigQueryEmulator, requireBigQueryEmulator } from '../bigquery/index.js';
import { digestsBelow, TeamProject } from './team-project.js';

const clicks = `
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() {
    return { description: 'Clicks.', features: features({ item: text(), price: text(), n: scalar('int64') }) };
  }
  override splits(p: any) {
    const query = lib.sql({ duckdb: new URL('./clicks.duckdb.sql', import.meta.url), bigquery: new URL('./clicks.bigquery.sql', import.meta.url) }, {
      params: { copies: 60 }, types: { id: 'int64', item: 'string', price: 'decimal', n: 'int64' },
      ...(process.env.AILAB_TEST_WAREHOUSE === 'duckdb' && { tables: { clicks: 'clicks.csv' } }),
    });
    return { train: p.read(query).keyBy((row: any) => row.id).mapValues(({ item, price, n }: any) => ({ item, price, n })) };
  }`;

describe('a build from SQL on BigQuery', () => {
  let project: TeamProject;
  let emulator: BigQueryEmulator;
  let bigquery: NonNullable<DatasetsConfig['bigquery']>;
  let table: string;
  let built: BuildResult;

  before(async function () {
    emulator = await requireBigQueryEmulator(this);
    const dataset = await emulator.newDataset();
    table = `${dataset}.clicks`;
    bigquery = { project: emulator.project, dataset };
    const rows = Array.from(
      { length: 5000 },
      (_, id) => [id, id % 3 === 0 ? "a'é" : 'b', `${id % 100}.${id % 9}5`] as const,
    );
    // The emulator takes a minute to parse so many literals.
    await emulator.run(`CREATE TABLE ${table} AS
      SELECT id, IF(MOD(id, 3) = 0, "a'é", 'b') AS item,
        CAST(CONCAT(CAST(MOD(id, 100) AS STRING), '.', CAST(MOD(id, 9) AS STRING), '5') AS NUMERIC) AS price
      FROM UNNEST(GENERATE_ARRAY(0, 4999)) AS id`);
    project = await TeamProject.create();
    await project.addDataset('clicks', clicks);
    await project.addFile(
      'datasets/clicks/clicks.csv',
      `id,item,price\n${rows.map((row) => `${row.join(',')}\n`).join('')}`,
    );
    await project.addFile(
      'datasets/clicks/clicks.bigquery.sql',
      `SELECT 60 * id + copy AS id, item, price, CAST(SUM(copy) OVER (PARTITION BY id) AS INT64) AS n
FROM ${table}, UNNEST(GENERATE_ARRAY(0, @copies - 1)) AS copy`,
    );
    await project.addFile(
      'datasets/clicks/clicks.duckdb.sql',
      `SELECT 60 * CAST(id AS BIGINT) + copy AS id, item, CAST(price AS DECIMAL(18, 2)) AS price, sum(copy) OVER (PARTITION BY id) AS n
FROM clicks, range($copies) AS r(copy)`,
    );
  });
  after(() => project?.remove());

  const buildOn = async (warehouse: 'duckdb' | 'bigquery', flags: DatasetsConfig) => {
    process.env['AILAB_TEST_WAREHOUSE'] = warehouse;
    const config = await project.config({ warehouse, bigquery, ...flags });
    return build('clicks', { config });
  };

  it('gives the bytes that DuckDB gives for the same rows, with two workers', async () => {
    built = await buildOn('bigquery', { registry: 'bigquery', workers: 2 });
    const duckdb = await buildOn('duckdb', { registry: 'duckdb', workers: 2 });
    assert.equal(built.splits[0]?.examples, 300_000);
    // Each dialect has a query of its own, whose text is kept.
    const [ofBigQuery, ofDuckdb] = [await digestsBelow(built.directory), await digestsBelow(duckdb.directory)];
    const { 'provenance.json': query, ...files } = ofBigQuery;
    assert.notEqual(query, ofDuckdb['provenance.json']);
    assert.deepEqual({ ...files, 'provenance.json': ofDuckdb['provenance.json'] }, ofDuckdb);
  });

  it('says in its manifest which job made the result, and labels the job', async () => {
    const manifest = await readManifest(openStorage(built.directory), '');
    const query = manifest?.sources.find((source) => source.query !== undefined);
    assert.match(query?.uri ?? '', /^clicks\.bigquery\.sql with parameters/);
    const { job = '', result = '', expires = '' } = query?.query ?? {};
    const [, id = ''] = new RegExp(`^${emulator.project}:US\\.(ailab_datasets_[0-9a-f]{24}_1)$`).exec(job) ?? [];
    assert.equal(result, `${emulator.project}.${bigquery.dataset}.${id}`);
    const hours = (Date.parse(expires) - Date.parse(manifest?.createdAt ?? '')) / 3_600_000;
    assert.ok(hours > 71 && hours < 73, `it expires after ${hours} hours`);
    const url = join(emulator.url, `/bigquery/v2/projects/${emulator.project}/jobs/${id}`).replace(':/', '://');
    const reply = (await (await fetch(url)).json()) as {
      readonly configuration: { readonly labels: object };
      readonly statistics: { readonly query: { readonly totalBytesBilled?: string } };
    };
    assert.deepEqual(reply.configuration.labels, {
      ailab_datasets: 'build',
      ailab_dataset: 'clicks',
      ailab_version: '1-0-0',
      ailab_builder: 'sample',
    });
    const { registry } = await project.config({ registry: 'bigquery' });
    const [report] = await readBuildReports(openRegistry(registry));
    assert.equal(report?.bytesBilled, Number(reply.statistics.query.totalBytesBilled ?? 0));
    assert.deepEqual(report?.settings['bigquery']?.value, {
      project: emulator.project,
      dataset: bigquery.dataset,
      maximumBytesBilled: 100 * 2 ** 30,
      expirationHours: 72,
      timeoutSeconds: 6 * 3600,
      readStreams: 64,
    });
  });
});
