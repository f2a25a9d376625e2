import assert from 'node:assert/strict';
import { type SnippetVersion, snippetTargets, trainerSnippet } from '../../src/catalog/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';

const version: SnippetVersion = {
  name: 'product_a',
  config: 'men',
  version: '1.2.0',
  directory: '/data/registry/product_a/men/1.2.0',
  formats: ['tfrecord'],
  splits: [
    { name: 'test', tfrecordFiles: ['product_a-test.tfrecord-00000-of-00001'], arrowFiles: [], parquetFiles: [] },
  ],
  leaves: [],
  media: [],
};

function errorOf(run: () => unknown): DatasetsError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof DatasetsError);
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('trainerSnippet', () => {
  it('names the version and what pip has to install', () => {
    assert.match(
      trainerSnippet('tfds', version),
      /^# product_a\/men:1\.2\.0 with stock readers: pip install tensorflow tensorflow-datasets\n/,
    );
  });

  it('takes the first split where there is no train', () => {
    assert.match(trainerSnippet('tfds', version), /split='test'/);
  });

  it('says how to get the format that a reader wants', () => {
    for (const target of snippetTargets.filter((name) => !name.startsWith('t') || name === 'torch')) {
      const error = errorOf(() => trainerSnippet(target, version));
      assert.equal(error.code, 'UNSUPPORTED');
      assert.match(error.message, /product_a\/men:1\.2\.0 has no arrow shards/);
      assert.match(error.hint ?? '', /--for tfds or tensorflow, .*convert product_a\/men:1\.2\.0 --file-format arrow/);
    }
  });

  it('names the splits when an unknown one is asked for', () => {
    const error = errorOf(() => trainerSnippet('tfds', version, 'train'));
    assert.equal(error.code, 'SPLIT_UNKNOWN');
    assert.match(error.hint ?? '', /test/);
  });
});
