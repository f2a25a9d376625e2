import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  Crc32c,
  crc32c,
  extendCrc32c,
  extendCrc32cByWord,
  maskedCrc32c,
  shiftCrc32c,
} from '../../../src/core/checksum/index.js';

/** One bit at a time, straight from the definition. */
function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f6_3b78 : 0);
  }
  return ~crc >>> 0;
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 2654435761) >>> 13);
}

describe('CRC-32C', () => {
  it('gives the check values of RFC 3720', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe306_9283);
    assert.equal(crc32c(new Uint8Array(32)), 0x8a91_36aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8_ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd_794e);
  });

  it('is that of the definition for any part of a buffer', () => {
    const bytes = pattern(70_000);
    for (const [from, to] of [
      [0, 70_000],
      [1, 40_000],
      [3, 16_390],
      [2, 16_387],
      [7, 33_000],
      [5, 5],
      [0, 17],
    ] as const) {
      assert.equal(crc32c(bytes, from, to), slowCrc32c(bytes.slice(from, to)), `${from} to ${to}`);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(7), (data, from) => {
        const start = Math.min(from, data.length);
        assert.equal(crc32c(data, start), slowCrc32c(data.slice(start)));
      }),
    );
  });

  it('is the same in parts, and in the form that Google Cloud Storage shows', () => {
    const bytes = pattern(50_000);
    const crc = new Crc32c().update(bytes, 0, 20_001).update(bytes, 20_001);
    assert.equal(crc.digest(), slowCrc32c(bytes));
    // From Google Cloud Storage's documentation of `x-goog-hash`, and of an empty object.
    assert.equal(new Crc32c().update(Buffer.from('hello world')).digestBase64(), 'yZRlqg==');
    assert.equal(new Crc32c().digestBase64(), 'AAAAAA==');
  });

  it('of a whole is joined from those of its parts, whatever their lengths', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), (parts) => {
        const joined = new Crc32c();
        for (const part of parts) joined.append(part.length, slowCrc32c(part));
        assert.equal(joined.digest(), slowCrc32c(Buffer.concat(parts)));
      }),
    );
    const bytes = pattern(70_000);
    for (const from of [1, 4096, 61_807, 61_808, 61_809, 69_999]) {
      const [head, tail] = [bytes.slice(0, from), bytes.slice(from)];
      const joined = shiftCrc32c(slowCrc32c(head), tail.length) ^ slowCrc32c(tail);
      assert.equal(joined >>> 0, slowCrc32c(bytes), `joined at ${from}`);
    }
  });

  it('is shifted over as many bytes as the largest file has', () => {
    // By way of halves, each of which is shifted over by another power.
    const crc = slowCrc32c(Buffer.from('123456789'));
    for (const bytes of [8193, 2 ** 31 + 1, 2 ** 40 + 12_345, 2 ** 52 + 1]) {
      const half = Math.floor(bytes / 2);
      assert.equal(shiftCrc32c(shiftCrc32c(crc, half), bytes - half), shiftCrc32c(crc, bytes), `${bytes} bytes`);
    }
  });

  it('goes on from where it was left, by a part of a view or by a word', () => {
    const bytes = pattern(100);
    const view = new DataView(bytes.buffer);
    const before = slowCrc32c(bytes.slice(0, 41));
    assert.equal(extendCrc32c(before, view, 41, 100) >>> 0, slowCrc32c(bytes));
    assert.equal(extendCrc32cByWord(before, view.getInt32(41, true)) >>> 0, slowCrc32c(bytes.slice(0, 45)));
    assert.equal(extendCrc32c(0, view, 41, 60) >>> 0, slowCrc32c(bytes.slice(41, 60)));
  });

  it('is masked as in TensorFlow’s crc32c.h', () => {
    const crc = slowCrc32c(Buffer.from('123456789'));
    const rotated = ((crc >>> 15) | (crc << 17)) >>> 0;
    assert.equal(maskedCrc32c(Buffer.from('123456789')), (rotated + 0xa282_ead8) % 2 ** 32);
  });
});
