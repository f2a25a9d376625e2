import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type BuildOptions, build, load } from '../../src/build/index.js';
import { verifyReference } from '../../src/catalog/index.js';
import type { ResolvedConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { parseDatasetName, parseReference } from '../../src/core/names/index.js';
import { exportVersion } from '../../src/export/index.js';
import {
  listStagedBuilds,
  type Manifest,
  openRegistry,
  readAudit,
  readManifest,
  setYanked,
} from '../../src/registry/index.js';
import { openStorage } from '../../src/storage/index.js';
import { requireGcs } from '../gcs/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { runToDeath } from '../run-to-death.js';
import { TeamProject } from './team-project.js';

/** Rows of `train.csv` and `test.csv`, mapped to themselves. */
function body(statics: string): string {
  return `
  ${statics}
  info() { return { description: 'Numbers.', features: features({ x: scalar('int64') }) }; }
  splits(p) {
    const of = (name) => p.read(csv(\`\${name}.csv\`, { types: { x: 'int64' } })).keyBy(({ id }) => id).mapValues(({ x }) => ({ x }));
    return { train: of('train'), test: of('test') };
  }`;
}

const first = "static override readonly versions = { '1.0.0': 'First.' };";
const second = "static override readonly versions = { '2.0.0': 'Others.', '1.0.0': 'First.' };";

describe('a build whose data is not what is expected', () => {
  let project: TeamProject;
  let config: ResolvedConfig;
  beforeEach(async () => {
    project = await TeamProject.create();
    config = await project.config({ runner: 'inline' });
  });
  afterEach(() => project.remove());

  async function rows(counts: { readonly train: number; readonly test: number }): Promise<void> {
    for (const [name, count] of Object.entries(counts)) {
      const lines = Array.from({ length: count }, (_, row) => `${name}${row},${row}\n`);
      await project.addFile(`datasets/sample/${name}.csv`, `id,x\n${lines.join('')}`);
    }
  }

  async function refused(options: Partial<BuildOptions> = {}, reference = 'sample'): Promise<DatasetsError> {
    const error: unknown = await build(reference, { config, ...options }).catch((reason: unknown) => reason);
    assert.ok(error instanceof DatasetsError, `not refused: ${JSON.stringify(error)}`);
    assert.equal(error.code, 'GUARD_FAILED', error.stack);
    return error;
  }

  function published(version = '1.0.0'): Promise<Manifest | undefined> {
    return readManifest(openRegistry(project.registry).storage, `sample/${version}`);
  }

  async function audited(): Promise<readonly string[]> {
    const actions: string[] = [];
    for await (const { action } of readAudit(openRegistry(project.registry))) actions.push(action);
    return actions;
  }

  /** Counted by the reader, record by record. */
  async function count(split: string): Promise<number> {
    let examples = 0;
    for await (const _ of await load('sample', { config, split })) examples++;
    return examples;
  }

  it('is not published, kept aside with its findings, and published with a reason, without doing anything again', async () => {
    await project.addDataset('sample', body(first));
    await rows({ train: 5, test: 0 });
    const error = await refused();
    assert.match(error.message, /^sample:1\.0\.0 was built, and is not published: test is empty$/);
    assert.match(error.hint ?? '', /ailab-datasets build sample:1\.0\.0 --accept/);
    assert.deepEqual(error.at, { dataset: 'sample', split: 'test' });
    assert.equal(await published(), undefined);
    const [kept, ...others] = await listStagedBuilds(openRegistry(project.registry));
    assert.deepEqual(others, []);
    assert.equal(kept?.state, 'left');
    assert.deepEqual(
      kept.refusal?.findings.map(({ guard, split }) => [guard, split]),
      [['empty-split', 'test']],
    );

    const accepted = await build('sample', { config, accept: 'there is no test data in this country' });
    assert.equal(accepted.units.run, 0, 'something was done again');
    assert.ok(accepted.units.reused > 0);
    const manifest = await published();
    assert.equal(manifest?.accepted?.reason, 'there is no test data in this country');
    assert.deepEqual(
      manifest.accepted.findings.map(({ message }) => message),
      ['test is empty'],
    );
    assert.deepEqual([await count('train'), await count('test')], [5, 0]);
    const to = join(project.directory, 'converted');
    await exportVersion(accepted.directory, { directory: to, formats: ['parquet'] });
    assert.deepEqual((await readManifest(openStorage(to), 'sample/1.0.0'))?.accepted, manifest.accepted);
    assert.deepEqual((await verifyReference('sample', config)).problems, []);
    assert.deepEqual(await audited(), ['accept', 'publish']);
    assert.deepEqual(await listStagedBuilds(openRegistry(project.registry)), []);

    const again = await build('sample', { config, accept: 'again' });
    assert.equal(again.status, 'exists');
    assert.equal((await published())?.accepted?.reason, 'there is no test data in this country');
  });

  it('is accepted by whoever has seen all that is wrong with it, and nobody else', async () => {
    await project.addDataset('sample', body(first));
    await rows({ train: 5, test: 0 });
    assert.match((await refused({ accept: 'blindly' })).message, /nobody had seen yet what --accept would accept/);
    await rows({ train: 0, test: 0 });
    const other = await refused({ accept: 'an empty test is fine' });
    assert.match(other.message, /it is not what was refused before[^\n]*:\n- train is empty\n- test is empty$/);
    await rows({ train: 6, test: 0 });
    // The same finding, of other data.
    assert.match((await refused({ accept: 'an empty test is fine' })).message, /it is not what was refused before/);
    const { accepted } = await build('sample', { config, accept: 'an empty test is fine' });
    assert.equal(accepted?.findings.length, 1);
    assert.equal(await count('train'), 6);
  });

  it('is published when its source is mended', async () => {
    const bound = (least: number) => `${first} static expectations = { splits: { train: { minExamples: ${least} } } };`;
    await project.addDataset('sample', body(bound(10)));
    await rows({ train: 5, test: 2 });
    assert.match((await refused()).message, /: train has 5 examples, expected are at least 10 examples$/);
    await rows({ train: 10, test: 2 });
    const result = await build('sample', { config });
    assert.equal(result.accepted, undefined);
    assert.deepEqual(await audited(), ['publish']);
    assert.equal((await published())?.accepted, undefined);
  });

  it('is compared with the version before it: what is far from that is told of a major one', async () => {
    await project.addDataset('sample', body(first));
    await rows({ train: 200, test: 100 });
    await build('sample', { config });
    // A module is imported once: its next version lies in a project of its own.
    const next = await TeamProject.create();
    try {
      await next.addDataset('sample', body(second));
      const lines = (count: number) => Array.from({ length: count }, (_, row) => `train${row},${row}\n`).join('');
      await next.addFile('datasets/sample/train.csv', `id,x\n${lines(99)}`);
      await next.addFile('datasets/sample/test.csv', `id,x\n${lines(50)}`);
      const { warnings } = await build('sample', {
        config: await next.config({ runner: 'inline', registry: project.registry }),
      });
      assert.deepEqual(warnings, [
        'train has 99 examples, 50.5 % fewer than the 200 of sample:1.0.0, expected are at most 50 % fewer: at least 100 examples',
      ]);
    } finally {
      await next.remove();
    }
  });

  it('is not compared with a sample, nor with a version that was yanked', async () => {
    await project.addDataset('sample', body(second));
    await rows({ train: 2000, test: 1 });
    const add = async (version: string, options: Partial<BuildOptions> = {}) => {
      const one = await TeamProject.create();
      try {
        await one.addDataset('sample', body(`static versions = { '${version}': 'First.' };`));
        await one.addFile(
          'datasets/sample/train.csv',
          `id,x\n${'0123456789'.repeat(12).replace(/./g, (x, row) => `${row},${x}\n`)}`,
        );
        await one.addFile('datasets/sample/test.csv', 'id,x\n0,0\n');
        const settings = await one.config({ runner: 'inline', registry: project.registry });
        return await build('sample', { config: settings, ...options });
      } finally {
        await one.remove();
      }
    };
    await add('0.9.0', { maxExamplesPerSplit: 110 });
    assert.equal((await add('0.8.0')).splits[0]?.examples, 120);
    const { version } = await openRegistry(project.registry).resolve(parseReference('sample:0.8.0'));
    await setYanked(openRegistry(project.registry), { name: parseDatasetName('sample'), version }, true, {
      reason: 'few',
    });
    assert.equal((await build('sample', { config })).warnings, undefined);
  });

  it('is a sample of no expected size, which has no empty split all the same', async () => {
    await project.addDataset(
      'sample',
      body(`${first} static expectations = { splits: { train: { minExamples: 10 } } };`),
    );
    await rows({ train: 5, test: 2 });
    const sample = { config: await project.config({ runner: 'inline', registry: 'samples' }), maxExamplesPerSplit: 1 };
    assert.equal((await build('sample', sample)).status, 'built');
    await rows({ train: 5, test: 0 });
    const error = await refused({ maxExamplesPerSplit: 1 });
    assert.match(error.message, /: test is empty$/);
    assert.deepEqual(await listStagedBuilds(openRegistry(project.registry)), []);
  });

  it('is refused where load() builds it, too', async () => {
    await project.addDataset('sample', body(first));
    await rows({ train: 5, test: 0 });
    await assert.rejects(load('sample', { config }), { code: 'GUARD_FAILED' });
  });

  it('is opened where it is kept by stock tfds and Hugging Face datasets, for a look', async function () {
    const oracle = requireOracle(this);
    await project.addDataset(
      'sample',
      body(`${first} static expectations = { splits: { train: { minExamples: 10 } } };`),
    );
    await rows({ train: 5, test: 2 });
    await refused();
    const [kept] = await listStagedBuilds(openRegistry(project.registry));
    const directory = join(kept?.directory ?? '', 'version');
    const examples = plain(await oracle.call('tfds.read', { directory, split: 'train' })) as readonly { x: unknown }[];
    assert.deepEqual(examples.map(({ x }) => Number(x)).sort(), [0, 1, 2, 3, 4]);
    const loaded = plain(await oracle.call('hf.load_from_disk', { directory: join(directory, 'arrow') }));
    assert.deepEqual(Object.keys(loaded as object).sort(), ['test', 'train']);
  });

  it('is one whose join lost elements, by the share that its author expects', async () => {
    const items = Array.from({ length: 97 }, (_, item) => `${item},${item}\n`).join('');
    const logs = Array.from({ length: 200 }, (_, log) => `${log},${log % 100}\n`).join('');
    await project.addFile('datasets/sample/items.csv', `id,price\n${items}`);
    await project.addFile('datasets/sample/logs.csv', `id,item\n${logs}`);
    await project.addDataset(
      'sample',
      `${first}
      static expectations = { joins: { 'with items': { minMatched: '98 %' } } };
      info() { return { description: 'Logs.', features: features({ price: text() }) }; }
      splits(p) {
        const items = p.read(csv('items.csv')).keyBy(({ id }) => id);
        return { train: p.read(csv('logs.csv')).keyBy(({ item }) => item).join(items, { name: 'with items' }).values()
          .keyBy(([{ id }]) => id).mapValues(([, { price }]) => ({ price })) };
      }`,
    );
    const { message, at } = await refused();
    assert.match(message, /: with items: 194 of 200 elements, 97 %, found a partner, expected are at least 98 %$/);
    assert.equal(at.transform, 'with items');
    await build('sample', { config, accept: 'items 97 to 99 are sold out' });
    assert.equal(await count('train'), 194);
  });

  it('is held to the expectations of its config', async () => {
    const statics = `${first}
      static configs = { whole: 'All.', tiny: 'A few.' };
      static expectations = { splits: { train: { minExamples: 10 } }, configs: { tiny: { splits: { train: { minExamples: 3 } } } } };`;
    await project.addDataset('sample', body(statics));
    await rows({ train: 5, test: 2 });
    assert.match((await refused({}, 'sample/whole')).message, /expected are at least 10 examples$/);
    assert.equal((await build('sample/tiny', { config })).status, 'built');
  });

  it('is a snapshot far from the one before, to which nightly does not move until it is accepted', async () => {
    await project.addDataset('sample', body(`${first} static snapshots = 'daily';`));
    const nightly = async () => {
      const { splits } = (await readManifest(
        openRegistry(project.registry).storage,
        `sample/${(await resolved('sample@nightly')).config}/1.0.0`,
      )) as Manifest;
      return splits[0]?.examples;
    };
    const resolved = (reference: string) => openRegistry(project.registry).resolve(parseReference(reference));
    const night = async (snapshot: string, train: number, accept?: string) => {
      await rows({ train, test: 1 });
      return build('sample', { config, snapshot, ...(accept !== undefined && { accept }) });
    };
    await night('20260101', 300);
    await night('20260102', 310);
    const lost = await night('20260103', 140).catch((error: unknown) => error);
    assert.match(String(lost), /train has 140 examples, 54\.83 % fewer than the 310 of sample\/20260102:1\.0\.0/);
    assert.equal(await nightly(), 310);
    // What is made up for later is compared with what was before it then.
    await night('20251231', 290);
    await night('20260103', 140, 'half of the shops were closed');
    assert.equal(await nightly(), 140);
    assert.deepEqual(
      (await audited()).filter((action) => action !== 'move-alias'),
      ['publish', 'publish', 'publish', 'accept', 'publish'],
    );
  });

  it('is refused to both of two builds at once, and published once by two that accept it', async () => {
    await project.addDataset('sample', body(first));
    await rows({ train: 5, test: 0 });
    await Promise.all([refused(), refused()]);
    const accepted = await Promise.all(['one', 'other'].map((accept) => build('sample', { config, accept })));
    assert.deepEqual(accepted.map(({ status }) => status).sort(), ['built', 'exists']);
    assert.deepEqual(await audited(), ['accept', 'publish']);
  });

  it('is accepted as if nothing had happened when it was killed before it could say, or leave, or while it was accepted', async () => {
    await project.addDataset('sample', body(first));
    await rows({ train: 5, test: 0 });
    const script = join(import.meta.dirname, 'killed-build-process.js');
    const killed = (pattern: string, ...accept: string[]) =>
      runToDeath([script, project.directory, 'sample', pattern, ...accept]);
    assert.equal(await killed('refused\\.json'), 'SIGKILL');
    assert.match((await refused({ accept: 'unseen' })).message, /nobody had seen yet/);
    await openStorage(project.registry).delete(`.staging/${(await staged())?.buildId}/refused.json`);
    const leases = await openStorage(project.registry).list('.leases/sample/1.0.0');
    const newest = Math.max(...leases.map(({ name }) => Number(/^\d+/.exec(name)?.[0])));
    // The build takes the next generation of the lease; the one after it would say that it has left.
    const left = String(newest + 2).padStart(8, '0');
    assert.equal(await killed(`\\.leases/sample/1\\.0\\.0/${left}\\.json`), 'SIGKILL');
    assert.equal((await staged())?.state, 'dead');
    assert.deepEqual(
      (await staged())?.refusal?.findings.map(({ message }) => message),
      ['test is empty'],
    );
    assert.equal(await killed('sample/1\\.0\\.0$', 'no test data here'), 'SIGKILL');
    const result = await build('sample', { config, accept: 'once more' });
    assert.equal(result.units.run, 0);
    assert.equal(await count('train'), 5);
    assert.match((await published())?.accepted?.reason ?? '', /^(?:no test data here|once more)$/);
  });

  it('is built again to be accepted where nobody can say what its code is, and published when the data is the same', async () => {
    // It is never imported, and can't be followed.
    await project.addDataset('sample', body(first), 'export const unused = () => import(`./missing.js`);');
    await rows({ train: 5, test: 0 });
    await refused();
    assert.deepEqual([(await staged())?.state, (await staged())?.isResumable], ['left', false]);
    const { status, units, accepted } = await build('sample', { config, accept: 'no test data here' });
    assert.deepEqual([status, units.reused, accepted?.reason], ['built', 0, 'no test data here']);
    assert.equal(await staged(), undefined);
  });

  it('is refused in a bucket, and accepted from another machine, which makes the data again', async function () {
    const { url, storage } = await (await requireGcs(this)).newBucket();
    const on = (machine: string) => project.config({ runner: 'inline', registry: url, workDirectory: machine });
    await project.addDataset('sample', body(first));
    await rows({ train: 5, test: 0 });
    await refused({ config: await on('one') });
    assert.equal(await storage.read('sample/1.0.0/manifest.json'), undefined);
    const [seen] = await listStagedBuilds(openRegistry(storage), { workDirectory: join(project.directory, 'other') });
    assert.deepEqual([seen?.refusal?.findings[0]?.message, seen?.directory], ['test is empty', undefined]);

    const result = await build('sample', { config: await on('other'), accept: 'no test data here' });
    assert.deepEqual([result.status, result.units.reused], ['built', 0]);
    const manifest = await readManifest(storage, 'sample/1.0.0');
    assert.equal(manifest?.accepted?.reason, 'no test data here');
    assert.deepEqual(await storage.list('.staging'), []);
    let examples = 0;
    for await (const _ of await load('sample', { config: await on('third'), build: 'never' })) examples++;
    assert.equal(examples, 5);
  });

  async function staged() {
    const [first] = await listStagedBuilds(openRegistry(project.registry));
    return first;
  }
});
