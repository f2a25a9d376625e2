import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build } from '../../src/build/index.js';
import type { DatasetsConfig } from '../../src/core/config/index.js';
import { type Manifest, openRegistry, readManifest } from '../../src/registry/index.js';
import { type BigQueryEmulator, requireBigQueryEmulator } from '../bigquery/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { digestsBelow, TeamProject } from './team-project.js';

/** @param options of `sql()`, as source text */
const prices = (options = '') => `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ price: text(), tags: text(), seen: scalar('int64') }) }; }
  override splits(p: any) {
    const query = lib.sql(new URL('../prices/prices.sql', import.meta.url), { types: { id: 'int32', price: 'decimal' }, ${options} });
    return { train: p.read(query).keyBy((row: any) => row.id)
      .mapValues((row: any) => ({ price: row.price, tags: JSON.stringify(row.tags), seen: row.seen })) };
  }`;

describe('what BigQuery gave', () => {
  let project: TeamProject;
  let emulator: BigQueryEmulator;
  let table: string;
  let bigquery: NonNullable<DatasetsConfig['bigquery']>;
  before(async function () {
    emulator = await requireBigQueryEmulator(this);
    const dataset = await emulator.newDataset();
    table = `${dataset}.prices`;
    bigquery = { project: emulator.project, dataset };
    await emulator.run(`CREATE TABLE ${table} (id INT64, price NUMERIC, seen TIMESTAMP)`);
    const rows = Array.from(
      { length: 300 },
      (_, id) => `(${id}, NUMERIC '${id}.25', TIMESTAMP '2026-01-01 00:00:00+00')`,
    );
    await emulator.run(`INSERT INTO ${table} VALUES ${rows.join(', ')}`);
    project = await TeamProject.create();
    await project.addFile(
      'datasets/prices/prices.sql',
      `SELECT id, price, [CAST(id AS STRING), 'x'] AS tags, seen FROM ${table}`,
    );
    await project.addDataset('prices', prices());
  });
  after(() => project?.remove());

  const built = async (name: string, flags: DatasetsConfig = {}, options = {}) =>
    build(name, {
      config: await project.config({ warehouse: 'bigquery', runner: 'inline', bigquery, ...flags }),
      ...options,
    });
  const manifestOf = async (directory: string): Promise<Manifest> =>
    (await readManifest(openRegistry(directory).storage, '')) ?? assert.fail('no manifest');

  it('is kept as the Arrow stream that it sent, and gives the same bytes without BigQuery', async function () {
    const oracle = requireOracle(this);
    const first = await built('prices');
    const manifest = await manifestOf(first.directory);
    assert.equal(manifest.rebuildable?.until, 'always');
    const extracts = manifest.sources.flatMap((source) => source.extracts ?? []);
    const files = extracts.flatMap((extract) => extract.files);
    assert.equal(extracts[0]?.format, 'arrow');
    assert.equal(
      files.reduce((sum, { rows }) => sum + rows, 0),
      300,
    );
    const ids: unknown[] = [];
    for (const { path } of files) {
      const file = join(project.registry, 'prices', path);
      const stream = plain(await oracle.call('arrow.read_stream', { file })) as {
        readonly columns: { readonly id: readonly unknown[] };
      };
      ids.push(...stream.columns.id);
    }
    assert.deepEqual(
      ids.map(Number).sort((a, b) => a - b),
      Array.from({ length: 300 }, (_, id) => id),
    );
    await emulator.run(`UPDATE ${table} SET price = NUMERIC '7' WHERE true`);
    const again = await built('prices', { registry: 'other' }, { fromExtract: project.registry });
    assert.deepEqual(again.fromExtracts, ['prices.sql']);
    assert.deepEqual(await digestsBelow(again.directory), await digestsBelow(first.directory));
    assert.deepEqual((await manifestOf(again.directory)).sources, manifest.sources);
    const threads = await built('prices', { registry: 'third', runner: 'threads' }, { fromExtract: project.registry });
    assert.deepEqual(await digestsBelow(threads.directory), await digestsBelow(first.directory));
  });

  it('is not read again where it is too large to be kept', async () => {
    const large = await built('prices', { registry: 'large', maxRetainedBytes: 10 });
    const { rebuildable, sources } = await manifestOf(large.directory);
    assert.equal(rebuildable?.until, 'never');
    assert.match(rebuildable?.why ?? '', /more than maxRetainedBytes/);
    assert.ok(sources.every(({ extracts }) => extracts === undefined));
  });

  it('is kept as a table that expires later, and read from there when the tables are others', async () => {
    await project.addDataset('kept', prices("retain: 'table-snapshot'"));
    const first = await built('kept', { bigquery: { ...bigquery, expirationHours: 1, snapshotDays: 30 } });
    const { sources, rebuildable } = await manifestOf(first.directory);
    const source = sources.find(({ tableSnapshots }) => tableSnapshots !== undefined);
    const { table: kept = '', expires = '' } = source?.tableSnapshots?.[0] ?? {};
    assert.ok(kept.startsWith(`${emulator.project}.${bigquery.dataset}.ailab_datasets_`), kept);
    const days = (Date.parse(expires) - Date.now()) / 86_400_000;
    assert.ok(days > 29.9 && days <= 30, `it expires in ${days} days`);
    assert.equal(rebuildable?.until, expires);
    // The emulator deletes nothing by itself: what BigQuery is asked for is in the job.
    const job = `${emulator.url}/bigquery/v2/projects/${emulator.project}/jobs/${kept.slice(kept.lastIndexOf('.') + 1)}`;
    const { configuration } = (await (await fetch(job)).json()) as {
      readonly configuration: { readonly copy: Readonly<Record<string, unknown>> };
    };
    const { operationType, destinationExpirationTime } = configuration.copy;
    assert.deepEqual([operationType, destinationExpirationTime], ['SNAPSHOT', expires]);
    assert.ok(sources.every(({ extracts }) => extracts === undefined));
    // The result itself is gone, and the table another one.
    await emulator.run(`DROP TABLE \`${source?.query?.result}\``);
    await emulator.run(`UPDATE ${table} SET price = NUMERIC '9' WHERE true`);
    const again = await built('kept', { registry: 'other' }, { fromExtract: project.registry });
    assert.deepEqual(again.fromExtracts, ['../prices/prices.sql']);
    assert.deepEqual(await digestsBelow(again.directory), await digestsBelow(first.directory));
    assert.deepEqual((await manifestOf(again.directory)).sources, sources);
    await assert.rejects(built('kept', { registry: 'third', warehouse: 'duckdb' }, { fromExtract: project.registry }), {
      code: 'UNSUPPORTED',
      hint: /--warehouse bigquery/,
    });
    await emulator.run(`DROP SNAPSHOT TABLE \`${kept}\``);
    await assert.rejects(built('kept', { registry: 'third' }, { fromExtract: project.registry }), {
      code: 'SOURCE_NOT_FOUND',
    });
  });
});
