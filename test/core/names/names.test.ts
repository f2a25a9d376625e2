import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isDatasetName,
  nearestHint,
  parseConfigName,
  parseDatasetName,
  parseSplitName,
  snakeCase,
} from '../../../src/core/names/index.js';

describe('names', () => {
  it('of data sets are snake_case, and the error proposes a name that is', () => {
    assert.equal(parseDatasetName('product_a'), 'product_a');
    assert.throws(() => parseDatasetName('ProductA'), { code: 'NAME_INVALID', hint: /product_a/ });
    assert.throws(() => parseDatasetName('product-a'), { code: 'NAME_INVALID' });
    assert.throws(() => parseDatasetName('x'.repeat(129)), { code: 'NAME_INVALID' });
    fc.assert(fc.property(fc.string(), (text) => assert.ok(isDatasetName(snakeCase(text)))));
  });

  it('of configs never collide with versions, hidden folders or paths', () => {
    for (const name of ['men', '20261121.men', 'a+b-c', '1.2']) assert.equal(parseConfigName(name), name);
    for (const name of ['1.2.0', '01.2.0', '.config', '..', 'a/b', '', 'é']) {
      assert.throws(() => parseConfigName(name), { code: 'NAME_INVALID' }, name);
    }
  });

  it('of splits never collide with `all`', () => {
    for (const name of ['train', 'test-2', '2020']) assert.equal(parseSplitName(name), name);
    for (const name of ['all', '', '-', 'a.b', 'a/b', 'tr ain']) {
      assert.throws(() => parseSplitName(name), { code: 'NAME_INVALID' }, name);
    }
  });
});

describe('the hint for an unknown name', () => {
  it('names the nearest and all, and never hundreds', () => {
    assert.equal(nearestHint('tran', ['train', 'test'], 'splits'), 'Did you mean train? The splits are: train, test.');
    const many = Array.from({ length: 600 }, (_, i) => `name${i}`);
    assert.match(nearestHint('zzz', many, 'data sets'), /and 588 more/);
    assert.equal(nearestHint('x', [], 'splits'), 'There are no splits.');
  });
});
