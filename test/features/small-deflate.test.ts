import assert from 'node:assert/strict';
import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { SmallDeflate, smallDeflateBytes } from '../../src/features/images/small-deflate.js';

/** Few different bytes in runs: repeats of all lengths and distances. */
const drawings = fc
  .array(fc.tuple(fc.constantFrom(0, 1, 143, 144, 255), fc.integer({ min: 1, max: 700 })), { maxLength: 40 })
  .map((runs) => Uint8Array.from(runs.flatMap(([byte, length]) => Array<number>(length).fill(byte))))
  .map((bytes) => bytes.subarray(0, smallDeflateBytes));

describe('the compression of small images', () => {
  const deflater = new SmallDeflate();

  it('is inflated by zlib to what it was, whatever it is', () => {
    const anything = fc.uint8Array({ maxLength: smallDeflateBytes });
    fc.assert(
      fc.property(fc.oneof(anything, drawings), (bytes) => {
        assert.deepEqual(Uint8Array.from(inflateSync(deflater.deflate(bytes))), Uint8Array.from(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('finds matches of every length at every distance', () => {
    for (let length = 3; length <= 258; length += 5) {
      for (const distance of [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 255, 256, 257, 1024, 1025, 2049, 3500]) {
        const bytes = new Uint8Array(distance + length);
        // No three bytes come twice before the distance is reached.
        for (let i = 0; i < distance; i++) bytes[i] = i % 3 === 0 ? i / 768 : i / 3;
        for (let i = distance; i < bytes.length; i++) bytes[i] = bytes[i - distance] as number;
        const whole = bytes.subarray(0, smallDeflateBytes);
        assert.deepEqual(Uint8Array.from(inflateSync(deflater.deflate(whole))), Uint8Array.from(whole));
      }
    }
  });

  it('gives the same bytes whatever came before, also after 16 MiB', () => {
    const drawing = Uint8Array.from({ length: smallDeflateBytes }, (_, i) => (i % 61 < 40 ? 0 : i % 7));
    const first = new SmallDeflate().deflate(drawing);
    for (let i = 0; i < 4200; i++) assert.deepEqual(deflater.deflate(drawing), first);
  });

  it('makes drawings about as small as zlib does', () => {
    const disc = Uint8Array.from({ length: 29 * 28 }, (_, i) => {
      const distance = Math.hypot((i % 29) - 14, Math.floor(i / 29) - 14);
      return Math.max(0, Math.min(255, (9 - distance) * 100));
    });
    assert.ok(deflater.deflate(disc).length < 1.25 * deflateSync(disc, { level: 3 }).length);
  });
});
