import assert from 'node:assert/strict';
import { build, why } from '../../src/build/index.js';
import type { DatasetsConfig } from '../../src/core/config/index.js';
import { isDifferent } from '../../src/provenance/index.js';
import { type BigQueryEmulator, requireBigQueryEmulator } from '../bigquery/index.js';
import { TeamProject } from './team-project.js';

const clicks = `
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() {
    return { description: 'Clicks.', features: features({ item: text() }) };
  }
  override splits(p: any) {
    const query = lib.sql(new URL('./clicks.sql', import.meta.url), { types: { id: 'int64', item: 'string' } });
    return { train: p.read(query).keyBy((row: any) => row.id).mapValues(({ item }: any) => ({ item })) };
  }`;

describe('why over a table of BigQuery', () => {
  let project: TeamProject;
  let emulator: BigQueryEmulator;
  let bigquery: NonNullable<DatasetsConfig['bigquery']>;
  let table: string;

  before(async function () {
    emulator = await requireBigQueryEmulator(this);
    const dataset = await emulator.newDataset();
    table = `${dataset}.clicks`;
    bigquery = { project: emulator.project, dataset };
    await emulator.run(`CREATE TABLE ${table} AS SELECT 1 AS id, 'a' AS item UNION ALL SELECT 2, 'b'`);
    project = await TeamProject.create();
    await project.addDataset('clicks', clicks);
    await writeQuery(`SELECT id, item FROM ${table}`);
  });
  after(() => project?.remove());

  const writeQuery = (text: string) => project.addFile('datasets/clicks/clicks.sql', text);
  const config = () => project.config({ warehouse: 'bigquery', bigquery, registry: 'registry', runner: 'inline' });
  const found = async () => {
    const { verdict, parts, because } = await why('clicks', { config: await config() });
    return { verdict, parts: parts.filter(isDifferent).map(({ part }) => part), because };
  };

  it('tells a table and a query that are the same, that say the same, and that are others', async () => {
    assert.equal((await build('clicks', { config: await config() })).status, 'built');
    const same = await found();
    assert.deepEqual([same.verdict, same.parts], ['nothing', []], same.because);
    await writeQuery(`SELECT id,\n  item -- as shown\nFROM ${table}`);
    assert.equal((await found()).verdict, 'nothing');

    await writeQuery(`SELECT id, UPPER(item) AS item FROM ${table}`);
    const asked = await found();
    assert.deepEqual([asked.verdict, asked.parts], ['rebuild', ['query clicks.sql']]);
    await assert.rejects(build('clicks', { config: await config() }), { code: 'VERSION_IMMUTABLE' });
    await writeQuery(`SELECT id, LOWER(item) AS item FROM ${table}`);
    assert.equal((await build('clicks', { config: await config() })).status, 'attested');

    // When a table has changed the emulator doesn't say. One that can't be looked at is not taken for another, nor is the query's file for one that code reads.
    await emulator.run(`DROP TABLE ${table}`);
    const gone = await found();
    assert.deepEqual([gone.verdict, gone.parts], ['unknown', []], gone.because);
    assert.equal((await build('clicks', { config: await config() })).status, 'exists');
  });
});
