import assert from 'node:assert/strict';
import { BigQuery } from '@google-cloud/bigquery';
import { type BigQueryEmulator, requireBigQueryEmulator } from './index.js';

describe('the emulator of BigQuery', () => {
  let emulator: BigQueryEmulator;
  let client: BigQuery;
  let dataset = '';

  before(async function () {
    emulator = await requireBigQueryEmulator(this);
    process.env['METADATA_SERVER_DETECTION'] = 'none';
    client = new BigQuery({ projectId: emulator.project, apiEndpoint: emulator.url });
    dataset = await emulator.newDataset();
    await emulator.run(`CREATE TABLE ${dataset}.clicks (id INT64, item STRING)`);
    await emulator.run(`INSERT INTO ${dataset}.clicks VALUES (1, 'a'), (2, 'b')`);
  });

  it('runs queries with parameters, and makes tables of their results', async () => {
    const query = `CREATE TABLE ${dataset}.result AS SELECT item, id + @more AS id FROM ${dataset}.clicks`;
    const params = { more: 9007199254740992n.toString() };
    const [job] = await client.createQueryJob({ query, params, types: { more: 'INT64' } });
    await job.getQueryResults({ maxResults: 0 });
    const [rows] = await client.dataset(dataset).table('result').getRows({ wrapIntegers: true });
    assert.deepEqual(rows.map(({ id, item }) => [id.value, item]).sort(), [
      ['9007199254740993', 'a'],
      ['9007199254740994', 'b'],
    ]);
  });

  it('counts the id of a job once, and keeps labels', async () => {
    const labels = { dataset: 'clicks' };
    const jobId = `once-${dataset}`;
    const [job] = await client.createQueryJob({ query: 'SELECT 1 AS a', jobId, labels });
    await job.getQueryResults();
    const [metadata] = await job.getMetadata();
    assert.deepEqual(metadata.configuration.labels, labels);
    await assert.rejects(client.createQueryJob({ query: 'SELECT 1 AS a', jobId }), { code: 409 });
  });

  it('refuses a query that is wrong', async () => {
    const run = async (query: string) => {
      const [job] = await client.createQueryJob({ query });
      await job.getQueryResults();
    };
    await assert.rejects(run('SELECT wrong FROM nowhere'), /nowhere|not found/i);
  });
});
