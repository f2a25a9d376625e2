import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pythonName, pythonString, shardPattern } from '../../src/catalog/snippet/python-text.js';
import { requireOracle } from '../oracle/index.js';

describe('Python text', () => {
  it('is read back by Python as it was, whatever a path holds', async function () {
    const oracle = requireOracle(this);
    const awkward = [
      "it's",
      'back\\slash',
      'new\nline',
      'tab\t"quoted"',
      'naïve 日本 🙂',
      '{braces} %s \\N{DASH}',
      '\u0000\u001b\u2028',
    ];
    const texts = [...awkward, ...fc.sample(fc.string({ unit: 'grapheme', maxLength: 20 }), 200)];
    const program = `import json, sys\nsys.stdout.write(json.dumps([${texts.map(pythonString).join(', ')}]))`;
    const { stdout } = await oracle.script(['-c', program]);
    assert.deepEqual(JSON.parse(stdout), texts);
  });

  it('names a variable after a split', () => {
    assert.equal(pythonName('train'), 'train');
    assert.equal(pythonName('2020-men'), 'split_2020_men');
    assert.equal(pythonName('lambda'), 'split_lambda');
  });

  it('finds the pattern that shards have in common', () => {
    const shards = [
      'arrow/train/data-00000-of-00012.arrow',
      'arrow/train/data-00001-of-00012.arrow',
      'arrow/train/data-00011-of-00012.arrow',
    ];
    assert.deepEqual(shardPattern(shards), { folder: 'arrow/train/', pattern: 'data-000*-of-00012.arrow' });
    assert.deepEqual(shardPattern(['a-train.tfrecord-00000-of-00001']), {
      folder: '',
      pattern: 'a-train.tfrecord-00000-of-00001',
    });
  });
});
