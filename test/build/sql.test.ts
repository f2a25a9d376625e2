import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build, load } from '../../src/build/index.js';
import { digestsBelow, TeamProject } from './team-project.js';

const builders = new URL('../../builders/index.js', import.meta.url).href;
const command = new URL('../../cli/main.js', import.meta.url).pathname;

/** What a builder over SQL says of itself is metadata. The query joins two files; 130,000 rows are more than one source shard. */
const clicks = `
export class Clicks extends TableBuilder<any, any> {
  static override readonly datasetName = 'clicks';
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() {
    return { description: 'Clicks.', features: features({ item: text(), price: text(), n: scalar('int64') }) };
  }
  protected override tables() {
    const tables = { clicks: 'clicks/*.csv', items: { files: 'items.csv', types: { price: 'DECIMAL(9, 2)' } } };
    const query = new URL('./clicks.sql', import.meta.url);
    return { train: lib.sql(query, { tables, params: { copies: 13 }, types: { id: 'int64', item: 'string', price: 'decimal', n: 'int64' } }) };
  }
  protected override key(row: any) { return row.id; }
  protected override example({ item, price, n }: any) { return { item, price, n }; }
}
`;
const query = `-- every click, once for each copy
SELECT 13 * CAST(c.id AS BIGINT) + copy AS id, i.item, i.price * copy AS price, sum(copy) OVER (PARTITION BY c.id) AS n
FROM clicks AS c JOIN items AS i USING (item), range($copies) AS r(copy);
`;

describe('a build from SQL', () => {
  let project: TeamProject;

  before(async () => {
    project = await TeamProject.create();
    const library = new URL('../../src/index.js', import.meta.url).href;
    const imports = `import * as lib from '${library}';\nimport { TableBuilder } from '${builders}';\nconst { features, scalar, text } = lib;\n`;
    await project.addFile('datasets/clicks/builder.ts', imports + clicks);
    await project.addFile('datasets/clicks/clicks.sql', query);
    await project.addFile('datasets/clicks/items.csv', 'item,price\na,1.10\nb,20.02\n');
    for (let file = 0; file < 2; file++) {
      const rows = Array.from({ length: 5000 }, (_, row) => `${file * 5000 + row},${row % 3 === 0 ? 'a' : 'b'}\n`);
      await project.addFile(`datasets/clicks/clicks/${file}.csv`, `id,item\n${rows.join('')}`);
    }
    const slow = `
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'Rows.', features: features({ r: scalar('float64') }) }; }
  override splits(p: any) {
    const query = 'SELECT range AS i, random() AS r FROM range(250000)';
    return { train: p.read(lib.sql(query)).keyBy((row: any) => row.i).mapValues(async (row: any) => {
      if (process.env.AILAB_TEST_SLOW !== undefined && row.i >= 248000n) await new Promise(() => setTimeout(() => {}, 600_000));
      return { r: row.r };
    }) };
  }`;
    await project.addDataset('chance', slow);
  });
  after(() => project.remove());

  it('gives the same bytes inline and with threads, and what its files say', async () => {
    const inline = await build('clicks', { config: await project.config({ registry: 'inline', runner: 'inline' }) });
    const threads = await build('clicks', { config: await project.config({ registry: 'threads', workers: 3 }) });
    assert.deepEqual(await digestsBelow(inline.directory), await digestsBelow(threads.directory));
    assert.equal(inline.splits[0]?.examples, 130_000);
    const config = await project.config({ registry: 'inline' });
    const seen = new Map<string, number>();
    for await (const { item, price, n } of await load('clicks', { split: 'train[:2000]', config, build: 'never' })) {
      assert.equal(n, 78n);
      // By hand: cents of an item's price, times a copy's number below 13.
      const cents = Math.round(Number(price) * 100);
      const unit = item === 'a' ? 110 : 2002;
      assert.ok(cents % unit === 0 && cents / unit < 13, `${price} of ${item}`);
      seen.set(String(item), (seen.get(String(item)) ?? 0) + 1);
    }
    assert.deepEqual([...seen.keys()].sort(), ['a', 'b']);
  });

  it('goes on from the result that it had when it was killed, and runs no query again', async () => {
    const environment = { ...process.env, AILAB_TEST_SLOW: 'yes' };
    const argv = [command, 'build', 'chance', '--registry', project.registry, '--workers', '2'];
    await project.addFile('ailab-datasets.config.json', '{"datasets": ["datasets"]}');
    const child = spawn(process.execPath, argv, { cwd: project.directory, env: environment, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await Promise.race([ended, someUnitsFinished(project)]);
    child.kill('SIGKILL');
    await ended;
    const kept = await finishedUnits(project);
    assert.ok(kept >= 2, `${kept} units were finished`);
    const { units, splits } = await build('chance', { config: await project.config({ workers: 2 }) });
    // With another result, whose digest is part of what a unit is, none would be.
    assert.equal(units.reused, kept);
    assert.equal(splits[0]?.examples, 250_000);
  });
});

async function finishedUnits(project: TeamProject): Promise<number> {
  const names = await readdir(join(project.registry, '.staging'), { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.unit')).length;
}

async function someUnitsFinished(project: TeamProject): Promise<void> {
  for (let waited = 0; waited < 600 && (await finishedUnits(project)) < 2; waited++) await delay(100);
}
