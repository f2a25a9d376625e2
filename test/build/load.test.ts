import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import '../../datasets/image_classification/mnist/builder.js';
import { ProductA } from '../../datasets/products/product_a/builder.js';
import { build, type Dataset, load, loadConfig, openRegistry, prune } from '../../src/index.js';
import { TeamProject } from './team-project.js';

describe('load', () => {
  let project: TeamProject;
  before(async () => {
    project = await TeamProject.create();
    await project.addFile('datasets/letters/letters.csv', 'id,letter\n1,a\n2,b\n3,c\n4,d\n5,e\n');
    await project.addDataset(
      'letters',
      `static override readonly versions = { '2.0.0': 'Capitals.', '1.0.0': 'First.' };
       static override readonly supportedVersions = ['1.0.0'];
       override info() { return { description: 'd', features: features({ letter: text() }) }; }
       override splits(p: any) {
         const capitals = this.version === '2.0.0';
         return { train: p.read(csv('./letters.csv')).keyBy((row: any) => row.id)
           .mapValues((row: any) => ({ letter: capitals ? row.letter.toUpperCase() : row.letter })) };
       }`,
    );
    await project.addDataset(
      'far',
      `static override readonly versions = { '1.0.0': 'First.' };
       override info() { return { description: 'd', features: features({ letter: text() }) }; }
       override splits(p: any) {
         return { train: p.read({ ...csv('../letters/letters.csv'), remote: true }).keyBy((row: any) => row.id).mapValues(({ letter }: any) => ({ letter })) };
       }`,
    );
  });
  after(() => project.remove());

  const letters = async (dataset: Dataset<unknown>): Promise<string> => {
    const all: string[] = [];
    for await (const example of dataset) all.push(String((example as { letter: unknown }).letter));
    return all.sort().join('');
  };

  it('builds what is missing from local files, then reads it', async () => {
    const config = await project.config();
    await assert.rejects(load('letters', { config, build: 'never' }), { code: 'DATASET_UNKNOWN' });
    assert.equal(await letters(await load('letters:1.0.0', { config })), 'abcde');
    assert.equal(
      await letters(await load('letters', { config, build: 'never' })),
      'abcde',
      'the newest in the registry',
    );
    assert.equal(await letters(await load('letters:2.*.*', { config })), 'ABCDE');
    assert.equal(await letters(await load('letters', { config })), 'ABCDE');
  });

  it('says that a version was removed, and does not build it anew unasked; a build brings the same content back', async () => {
    const config = await project.config({ registry: 'pruned' });
    for (const version of ['1.0.0', '2.0.0']) await build(`letters:${version}`, { config });
    await prune(openRegistry(config.registry), { keepLast: 1, remove: true, reason: 'superseded' });
    await assert.rejects(load('letters:1.0.0', { config, build: 'always' }), {
      code: 'VERSION_REMOVED',
      message: /letters:1\.0\.0 was removed from .* by .*: superseded/,
    });
    assert.equal((await build('letters:1.0.0', { config })).status, 'built');
    assert.equal(await letters(await load('letters:1.0.0', { config })), 'abcde');
  });

  it('does not build from a source that is not on this machine, unless it is told to', async () => {
    const config = await project.config();
    await assert.rejects(load('far', { config }), { code: 'BUILD_REFUSED', hint: /build: 'always'/ });
    assert.deepEqual(
      (await project.leftovers()).filter((name) => name.startsWith('far')),
      [],
    );
    assert.equal(await letters(await load('far', { config, build: 'always' })), 'abcde');
  });

  it("takes tfds' split expressions", async () => {
    const config = await project.config();
    const part = await load('letters', { config, split: 'train[1:3]+train[4:]' });
    assert.equal(part.length, 3);
    await assert.rejects(load('letters', { config, split: 'trian' }), { code: 'SPLIT_UNKNOWN', hint: /train/ });
    await assert.rejects(load('letters', { config, split: 'train[' }), { code: 'SPLIT_EXPRESSION_INVALID' });
  });

  it('names the nearest data set', async () => {
    await assert.rejects(load('leters', { config: await project.config() }), {
      code: 'DATASET_UNKNOWN',
      hint: /Did you mean letters\?/,
    });
  });

  it('is typed by the name, and by the class', async () => {
    const config = await loadConfig({ env: { HOME: project.directory }, cwd: project.directory });
    try {
      const impressions = await load(ProductA, { config, split: 'train[:3]' });
      for await (const { click, timestamp } of impressions) {
        const typed: [boolean, bigint] = [click, timestamp];
        assert.deepEqual(
          typed.map((value) => typeof value),
          ['boolean', 'bigint'],
        );
      }
      const same = await load('product_a', { config, split: 'train[:1]' });
      const first = await same.at(0);
      const typed: boolean = first.click;
      assert.equal(typeof typed, 'boolean');
      // @ts-expect-error there is no such feature
      assert.equal(first.clicks, undefined);
    } finally {
      await rm(config.registry, { recursive: true, force: true });
    }
  });
});
