import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseByteSize } from '../../../src/core/config/index.js';

describe('parseByteSize', () => {
  it('reads sizes as people write them', () => {
    assert.equal(parseByteSize('4096'), 4096);
    assert.equal(parseByteSize('256MiB'), 268_435_456);
    assert.equal(parseByteSize('1.5 gib'), 1_610_612_736);
    assert.equal(parseByteSize('64MB'), 64_000_000);
  });

  it('refuses what is no size', () => {
    for (const text of ['', 'MiB', '-1', '1 2', '1e3', '5 apples', '99999999999TiB', 'NaN']) {
      assert.equal(parseByteSize(text), undefined, text);
    }
  });

  it('reads back every whole number of bytes', () => {
    fc.assert(fc.property(fc.nat(), (bytes) => parseByteSize(`${bytes}B`) === bytes));
  });
});
