import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Checked, TemporaryRegistry } from '../datasets/build-dataset.js';
import { requireOracle } from '../oracle/index.js';
import { packageFolder } from '../sources/read-all.js';
import { FamilyProject } from './family-project.js';

const fixtures = join(import.meta.dirname, 'fixtures');
const data = join(packageFolder('vega-datasets'), 'data');

describe('TableBuilder', () => {
  let registry: TemporaryRegistry;
  before(() => {
    registry = new TemporaryRegistry();
  });
  after(() => registry.remove());

  it('makes a split of each table and an example of each row, keyed as the author says', async function () {
    const oracle = requireOracle(this);
    const { directory, splits } = await registry.build('weather', { datasets: [fixtures] });
    assert.deepEqual(
      splits.map(({ name, examples }) => [name, examples]),
      [
        ['train', 1461],
        ['again', 1461],
      ],
    );
    const checked = (await oracle.call('datasets.weather', {
      directory,
      source: `${data}/seattle-weather.csv`,
    })) as Checked;
    assert.deepEqual(checked.problems, []);
    assert.ok(checked.compared > 1461 * 2 * 3);
  });
});

describe('ImageFolderBuilder', () => {
  let registry: TemporaryRegistry;
  before(() => {
    registry = new TemporaryRegistry();
    for (const [name, place] of [
      ['ffox.png', 'train/browser'],
      ['gimp.png', 'train/tool'],
      ['7zip.png', 'test/tool'],
    ] as const) {
      mkdirSync(registry.file(`manual/images/${place}`), { recursive: true });
      copyFileSync(join(data, name), registry.file(`manual/images/${place}/${name}`));
    }
  });
  after(() => registry.remove());

  const build = () => registry.build('logos', { datasets: [fixtures], manualDirectory: registry.file('manual') });

  it("holds what tfds' own ImageFolder reads from the same folder", async function () {
    const oracle = requireOracle(this);
    const { directory } = await build();
    const checked = (await oracle.call('datasets.image_folder', {
      directory,
      folder: registry.file('manual/images'),
      splits: ['train', 'test'],
    })) as Checked;
    assert.deepEqual(checked.problems, []);
    assert.equal(checked.examples?.['train'], 2);
    assert.equal(checked.examples?.['test'], 1);
  });

  it('deals the images of folders of classes alone to splits by a hash', async () => {
    const project = new FamilyProject();
    try {
      const logo = readFileSync(join(data, '7zip.png'));
      for (let i = 0; i < 40; i++) project.write(`dealt/images/${i % 2 === 0 ? 'even' : 'odd'}/${i}.png`, logo);
      const { splits } = await project.build('dealt', {
        imports: ['ImageFolderBuilder'],
        declarations: '',
        family: "ImageFolderBuilder<'even' | 'odd'>",
        members: `
  protected override readonly layout = {
    folder: 'images',
    splits: { fractions: { train: 0.5, test: 0.5 } },
    labels: ['even', 'odd'],
    shape: [null, null, 4],
  } as const;
  protected override describe() {
    return { description: 'Logos.' };
  }`,
      });
      const counts = splits.map(({ examples }) => examples);
      assert.deepEqual(
        splits.map(({ name }) => name),
        ['train', 'test'],
      );
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        40,
      );
      assert.ok(
        counts.every((count) => count > 8),
        String(counts),
      );
    } finally {
      project.remove();
    }
  });

  it('refuses a folder that is no label', async () => {
    const stray = registry.file('manual/images/train/plant/x.png');
    mkdirSync(dirname(stray), { recursive: true });
    copyFileSync(join(data, '7zip.png'), stray);
    await assert.rejects(
      registry.build('logos', {
        datasets: [fixtures],
        manualDirectory: registry.file('manual'),
        registry: registry.file('second'),
      }),
      (error: Error & { hint?: string }) => {
        assert.match(`${error.message} ${String(error.cause)}`, /plant, which is no label/);
        return true;
      },
    );
    rmSync(dirname(stray), { recursive: true });
  });
});
