import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { rowHeaderBytes, rowWords } from '../../src/features/index.js';
import { keyBytes, keyHash, RowHasher } from '../../src/writers/index.js';
import { requireOracle } from '../oracle/index.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Rows without leaves, one for each key, back to back. */
function rowsOf(keys: readonly Uint8Array[]): Int32Array {
  const sizes = keys.map((key) => rowHeaderBytes + Math.ceil(key.length / 4) * 4);
  const words = new Int32Array(sizes.reduce((sum, size) => sum + size, 0) / 4);
  const bytes = new Uint8Array(words.buffer);
  let at = 0;
  keys.forEach((key, i) => {
    const size = sizes[i] ?? 0;
    words[at / 4 + rowWords.rowBytes] = size;
    words[at / 4 + rowWords.keyBytes] = key.length;
    bytes.set(key, at + rowHeaderBytes);
    at += size;
  });
  return words;
}

function hashesOf(words: Int32Array): string[] {
  const hashes: string[] = [];
  for (let row = 0; row < words.length; row += (words[row + rowWords.rowBytes] ?? 0) / 4) {
    hashes.push(
      Array.from(words.subarray(row, row + 4), (word) => (word >>> 0).toString(16).padStart(8, '0')).join(''),
    );
  }
  return hashes;
}

describe('key hash', () => {
  it('equals tfds for text, integers and bytes', async function () {
    const oracle = requireOracle(this);
    const keys = [
      'a',
      '',
      'é𝄞',
      'C:\\photos\\1.png',
      17,
      -5,
      2 ** 53 - 1,
      2n ** 70n,
      new Uint8Array([0, 255, 92]),
      'x'.repeat(300),
    ];
    for (const split of ['train', 'test', 'validation_without_a_very_short_name', 'é']) {
      assert.deepEqual(
        keys.map((key) => hex(keyHash(split, key))),
        await oracle.call('hashing.hash_keys', { split, keys }),
      );
    }
  });

  it('equals MD5 for every length, in batches of every size, with and without SIMD', () => {
    const key = fc.oneof({ weight: 5, arbitrary: fc.uint8Array({ maxLength: 60 }) }, fc.uint8Array({ maxLength: 400 }));
    const split = fc.stringMatching(/^[a-z][a-z_0-9]{0,70}$/);
    fc.assert(
      fc.property(
        split,
        fc.array(key, { minLength: 1, maxLength: 900, size: 'max' }),
        fc.boolean(),
        (name, keys, simd) => {
          const words = rowsOf(keys);
          new RowHasher(name, simd).hashRows(words, 0, words.length);
          assert.deepEqual(
            hashesOf(words),
            keys.map((bytes) => createHash('md5').update(name).update(bytes).digest('hex')),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('equals MD5 on both sides of a block boundary', () => {
    const keys = Array.from({ length: 140 }, (_, length) => new Uint8Array(length).fill(length));
    for (const simd of [true, false]) {
      const words = rowsOf(keys);
      new RowHasher('train', simd).hashRows(words, 0, words.length);
      assert.deepEqual(
        hashesOf(words),
        keys.map((bytes) => createHash('md5').update('train').update(bytes).digest('hex')),
      );
    }
  });

  it('takes 1, 1n and "1" for the same key, as tfds does', () => {
    assert.equal(hex(keyBytes(1)), hex(keyBytes('1')));
    assert.equal(hex(keyBytes(1n)), hex(keyBytes('1')));
  });

  for (const [key, shown] of [
    [1.5, 'the number 1.5'],
    [Number.NaN, 'the number NaN'],
    [2 ** 53, 'the number 9007199254740992'],
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'type boolean'],
    [['a'], 'an array'],
    [{}, 'type object'],
    ['a\ud800', 'half a surrogate pair'],
  ] as const) {
    it(`refuses ${describeKey(key)} as a key and shows it`, () => {
      assert.throws(
        () => keyBytes(key as never),
        (error: { code?: string; message: string; hint?: string }) =>
          error.code === 'KEY_INVALID' && error.message.includes(shown) && error.hint !== undefined,
      );
    });
  }
});

function describeKey(key: unknown): string {
  return typeof key === 'object' || typeof key === 'string' ? JSON.stringify(key) : String(key);
}
