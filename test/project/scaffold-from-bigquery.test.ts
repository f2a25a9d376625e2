import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../src/build/index.js';
import { loadConfig } from '../../src/core/config/index.js';
import { scaffoldDatasetFrom } from '../../src/project/index.js';
import { openVersion } from '../../src/reader/index.js';
import { type FakeBigQuery, type FakeField, startFakeBigQuery } from '../bigquery/index.js';
import { capture, repositoryRoot } from '../oracle/index.js';

const tag = (id: number) => ({ names: [`projects/test/locations/us/taxonomies/9/policyTags/${id}`] });

/** Columns of a result have neither; those of the table that it reads do. */
const result: readonly FakeField[] = [
  { name: 'click_id', type: 'STRING', mode: 'REQUIRED' },
  { name: 'email', type: 'STRING' },
  { name: 'price', type: 'NUMERIC' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'day', type: 'DATE', mode: 'REQUIRED' },
  { name: 'tags', type: 'STRING', mode: 'REPEATED' },
  {
    name: 'item',
    type: 'RECORD',
    fields: [
      { name: 'colour', type: 'STRING' },
      { name: 'size', type: 'INTEGER' },
    ],
  },
];
const descriptions: Readonly<Record<string, Partial<FakeField>>> = {
  email: { policyTags: tag(7), description: "The shopper's address */ for the receipt" },
  price: { description: 'What was paid, in euros.' },
};
const rows = Array.from({ length: 250 }, (_, row) => ({
  click_id: `c${row}`,
  email: `shopper-${row}@example.org`,
  price: `${row}.25`,
  at: BigInt(row) * 1_000_000n,
  day: 20_000 + row,
  tags: ['a', 'b'].slice(0, row % 3),
  item: { colour: 'red', size: row },
}));
const table = { fields: result.map((field) => ({ ...field, ...descriptions[field.name] })), rows };

describe('new --from a query of BigQuery', () => {
  let folder = '';
  let fake: FakeBigQuery;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ailab-bigquery-'));
    await mkdir(join(folder, 'node_modules'));
    await mkdir(join(folder, 'datasets'));
    await symlink(repositoryRoot, join(folder, 'node_modules', 'ailab-datasets'), 'dir');
    await symlink(join(repositoryRoot, 'node_modules', '@types'), join(folder, 'node_modules', '@types'), 'dir');
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'clicks.sql'), 'SELECT * FROM shop.clicks FOR SYSTEM_TIME AS OF @snapshot_time');
    fake = await startFakeBigQuery({
      tables: { 'shop.clicks': table },
      datasets: ['results'],
      queries: [
        {
          result: { fields: result, rows },
          referencedTables: [{ projectId: 'test', datasetId: 'shop', tableId: 'clicks' }],
        },
      ],
    });
  });
  after(async () => {
    await fake?.stop();
    await rm(folder, { recursive: true });
  });

  async function configured() {
    return loadConfig({
      cwd: folder,
      env: {},
      flags: {
        registry: join(folder, 'registry'),
        datasets: [join(folder, 'datasets')],
        warehouse: 'bigquery',
        bigquery: { project: 'test', dataset: 'results' },
        runner: 'inline',
      },
    });
  }

  it('is asked where --warehouse says so, whatever the configuration says', async () => {
    const command = [join(repositoryRoot, 'dist/cli/main.js'), 'new', 'asked', '--from', 'clicks.sql'];
    const config = { datasets: ['datasets'], bigquery: { project: 'test', dataset: 'results' } };
    await writeFile(join(folder, 'ailab-datasets.config.json'), JSON.stringify(config));
    const asked = await capture(process.execPath, [...command, '--warehouse', 'bigquery'], { cwd: folder });
    assert.equal(asked.exitCode, 0, asked.stderr);
    assert.match(asked.stdout, /build asked --warehouse bigquery$/m);
    assert.match(await readFile(join(folder, 'datasets/asked/builder.ts'), 'utf8'), /What was paid, in euros/);
    await rm(join(folder, 'datasets/asked'), { recursive: true });
    await rm(join(folder, 'ailab-datasets.config.json'));
  });

  it('asks a dry run, which costs nothing, and makes of policy tags what is dropped', async () => {
    const config = await configured();
    const { notes } = await scaffoldDatasetFrom('clicks', 'clicks.sql', { cwd: folder }, config);
    assert.deepEqual(fake.paid, []);
    const builder = await readFile(join(folder, 'datasets/clicks/builder.ts'), 'utf8');
    assert.match(builder, /price: optional\(scalar\('float64', \{ description: 'What was paid, in euros\.'/);
    assert.match(builder, /email: optional\(text\(\{ .*pii: 'policy_tag_7' }\)\)/);
    assert.match(builder, /policy_tag_7: \{ policy: 'drop' }/);
    assert.match(builder, /day: text\(/);
    assert.match(builder, /tags: sequence\(text\(\)/);
    assert.match(
      builder,
      /item: optional\(record\(\{ colour: optional\(text\(\)\), size: optional\(scalar\('int64'\)\) }/,
    );
    assert.match(builder, /snapshot: true/);
    assert.match(builder, /key: 'click_id'/);
    assert.match(notes.join('\n'), /click_id, which nobody has seen to be unique/);
    const typed = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--skipLibCheck',
    ];
    const checked = await capture(
      process.execPath,
      [
        join(repositoryRoot, 'node_modules/typescript/bin/tsc'),
        ...typed,
        'datasets/clicks/builder.ts',
        'datasets/clicks/builder.test.ts',
      ],
      { cwd: folder },
    );
    assert.equal(checked.exitCode, 0, checked.stdout);
  });

  it('makes a data set that builds, without what is personal', async () => {
    const { directory } = await build('clicks', { config: await configured() });
    const version = await openVersion(directory);
    let count = 0;
    for await (const example of version.dataset('train+validation+test')) {
      assert.deepEqual(Object.keys(example as object).sort(), ['at', 'click_id', 'day', 'item', 'price', 'tags']);
      count++;
    }
    assert.equal(count, rows.length);
  });
});
