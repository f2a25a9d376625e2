import assert from 'node:assert/strict';
import fc from 'fast-check';
import { XxHash64 } from '../../../src/core/checksum/index.js';
import { requireOracle } from '../../oracle/index.js';

function hashOf(pieces: readonly Uint8Array[]): string {
  const hash = new XxHash64();
  for (const piece of pieces) hash.update(piece);
  return hash.digest().toString(16).padStart(16, '0');
}

describe('XXH64', () => {
  it('gives the check values of its specification', () => {
    assert.equal(hashOf([]), 'ef46db3751d8e999');
    assert.equal(hashOf([Buffer.from('a')]), 'd24ec4f1a98c6e5b');
    assert.equal(hashOf([Buffer.from('abc')]), '44bc2cf5ad770999');
  });

  it('is that of the reference implementation, in whatever pieces the content comes', async function () {
    const contents = [0, 1, 7, 31, 32, 33, 63, 64, 1000, 131_072, 200_003].map((length) =>
      Uint8Array.from({ length }, (_, i) => (i * 2_654_435_761) >>> 11),
    );
    const ones = new Uint8Array(4096).fill(0xff);
    const wanted = await requireOracle(this).call('sources.xxh64', { contents: [...contents, ones] });
    assert.deepEqual(
      [...contents, ones].map((content) => hashOf([content])),
      wanted,
    );
    const long = contents.at(-1) ?? assert.fail();
    fc.assert(
      fc.property(fc.array(fc.nat(long.length), { maxLength: 12 }), (cuts) => {
        const ends = [0, ...cuts.sort((a, b) => a - b), long.length];
        const pieces = ends.slice(1).map((end, i) => long.subarray(ends[i], end));
        assert.equal(hashOf(pieces), (wanted as readonly string[])[contents.length - 1]);
      }),
      { numRuns: 50 },
    );
  });
});
