import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isDatasetName,
  nearestHint,
  parseConfigName,
  parseDatasetName,
  parseSplitName,
  snakeCase,
  suggestNearest,
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

describe('the nearest name', () => {
  it('is suggested for a letter too many, too few, wrong or swapped', () => {
    const names = ['mnist', 'product_a', 'product_b', 'spam_assassin'];
    assert.equal(suggestNearest('mnsit', names), 'mnist');
    assert.equal(suggestNearest('mnis', names), 'mnist');
    assert.equal(suggestNearest('MNIST', names), 'mnist');
    assert.equal(suggestNearest('spam_asassin', names), 'spam_assassin');
    assert.equal(suggestNearest('product_c', names), 'product_a');
    assert.equal(suggestNearest('imagenet', names), undefined);
    assert.equal(suggestNearest('x', []), undefined);
  });

  it('is always found after one edit of a name of three letters or more', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,12}$/), fc.nat(), fc.stringMatching(/^[a-z]$/), (name, where, letter) => {
        const i = where % name.length;
        assert.equal(suggestNearest(name.slice(0, i) + letter + name.slice(i), [name]), name);
        assert.equal(suggestNearest(name.slice(0, i) + letter + name.slice(i + 1), [name]), name);
        assert.equal(suggestNearest(name.slice(0, i) + name.slice(i + 1), [name]), name);
      }),
    );
  });

  it('comes with all names where they are few, and never with hundreds', () => {
    assert.match(
      nearestHint('tran', ['train', 'test'], 'splits'),
      /Did you mean train\? The splits are: train, test\./,
    );
    const many = Array.from({ length: 600 }, (_, i) => `name${i}`);
    assert.match(nearestHint('zzz', many, 'data sets'), /and 588 more/);
    assert.equal(nearestHint('x', [], 'splits'), 'There are no splits.');
  });
});
