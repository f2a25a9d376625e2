import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type BuildOptions, build, load } from '../../src/build/index.js';
import type { ResolvedConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { listStagedBuilds, type Manifest, openRegistry, readAudit, readManifest } from '../../src/registry/index.js';
import { plain, requireOracle } from '../oracle/index.js';
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
});
