import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nearest } from '../../../src/core/errors/index.js';

describe('nearest', () => {
  const names = ['product_a', 'product_b', 'mnist', 'state_of_the_union'];

  it('finds what a misspelt name meant', () => {
    assert.equal(nearest('prodcut_a', names), 'product_a');
    assert.equal(nearest('MNIST', names), 'mnist');
    assert.equal(nearest('minst', names), 'mnist');
    assert.equal(nearest('state_of_union', names), 'state_of_the_union');
    assert.equal(nearest('state_of_teh_unoin', names), 'state_of_the_union');
  });

  it('suggests nothing where nothing is close', () => {
    assert.equal(nearest('imagenet', names), undefined);
    assert.equal(nearest('', names), undefined);
    assert.equal(nearest('x', []), undefined);
  });

  it('finds every name with two of its neighbouring letters swapped', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3 }), fc.nat(), (name, place) => {
        const i = place % (name.length - 1);
        const swapped = name.slice(0, i) + name[i + 1] + name[i] + name.slice(i + 2);
        return nearest(swapped, [name]) === name;
      }),
    );
  });
});
