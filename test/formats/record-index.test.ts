import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  findKeyHash,
  IndexBlock,
  indexBlockRange,
  indexHeaderBytes,
  RecordIndexWriter,
  readIndex,
  readIndexHeader,
} from '../../src/formats/index.js';

interface Entry {
  readonly keyHash: Buffer;
  readonly digest: bigint;
  readonly exampleBytes: number;
}

function entriesOf(sizes: readonly number[]): Entry[] {
  return sizes
    .map((exampleBytes, i) => {
      const keyHash = createHash('md5').update(String(i)).digest();
      return { keyHash, digest: (BigInt(i) * 0x9e3779b97f4a7c15n) % 2n ** 64n, exampleBytes };
    })
    .sort((a, b) => Buffer.compare(a.keyHash, b.keyHash));
}

function write(entries: readonly Entry[]): Uint8Array {
  const chunks: Uint8Array[] = [];
  const header = { records: entries.length, shard: 2, shardCount: 5 };
  const writer = new RecordIndexWriter((chunk) => chunks.push(Uint8Array.from(chunk)), header);
  for (const { keyHash, digest, exampleBytes } of entries) {
    const words = Int32Array.from({ length: 4 }, (_, k) => keyHash.readInt32BE(4 * k));
    writer.add(words, 0, Number(digest & 0xffffffffn), Number(digest >> 32n), exampleBytes);
  }
  writer.finish();
  return Buffer.concat(chunks);
}

describe('key index', () => {
  it('gives back every hash, digest, size and place, by itself and by block', () => {
    const sizes = fc.oneof(
      fc.array(fc.nat(2000), { minLength: 1, maxLength: 50 }),
      fc.constantFrom(4095, 4096, 4097, 8192, 9001).map((length) => Array.from({ length }, (_, i) => (i * 37) % 1000)),
    );
    fc.assert(
      fc.property(sizes, (all) => {
        const entries = entriesOf(all);
        const bytes = write(entries);
        const { header, blocks } = readIndex(bytes, 'x.index');
        assert.deepEqual(header, { recordsPerBlock: 4096, records: all.length, shard: 2, shardCount: 5 });
        let offset = 0;
        let at = 0;
        blocks.forEach((whole, number) => {
          const range = indexBlockRange(readIndexHeader(bytes.subarray(0, indexHeaderBytes), 'x.index'), number);
          const block = new IndexBlock(range, bytes.slice(range.offset, range.offset + range.bytes));
          assert.equal(block.firstRecord, at);
          for (let i = 0; i < block.records; i++, at++) {
            const entry = entries[at] as Entry;
            if (i % 50 === 0 || i > block.records - 3)
              assert.deepEqual(whole.place(i), { offset, bytes: entry.exampleBytes });
            assert.deepEqual(Buffer.from(block.keyHash(i)), entry.keyHash);
            assert.equal(Buffer.from(block.digest(i)).readBigUInt64LE(), entry.digest);
            assert.equal(block.exampleBytes(i), entry.exampleBytes);
            offset += entry.exampleBytes + 16;
          }
        });
        assert.equal(at, entries.length);
      }),
      { numRuns: 20 },
    );
  });

  it('finds a key hash, and none that is not there', () => {
    const entries = entriesOf(Array.from({ length: 10_000 }, () => 5));
    const index = readIndex(write(entries), 'x.index');
    for (let i = 0; i < entries.length; i += 7) assert.equal(findKeyHash(index, (entries[i] as Entry).keyHash), i);
    for (const missing of ['a', 'b', 'c']) {
      assert.equal(findKeyHash(index, createHash('md5').update(missing).digest()), -1);
    }
    assert.equal(findKeyHash(index, Buffer.alloc(16)), -1);
    assert.equal(findKeyHash(index, Buffer.alloc(16, 255)), -1);
  });

  it('that is cut, or something else, is refused with its name', () => {
    const bytes = write(entriesOf([1, 2, 3]));
    const corrupt = { name: 'DatasetsError', code: 'DATA_CORRUPT', message: /x\.index/ };
    for (const length of [0, 31, 32, bytes.length - 1])
      assert.throws(() => readIndex(bytes.subarray(0, length), 'x.index'), corrupt);
    assert.throws(() => readIndex(Buffer.concat([bytes, Buffer.alloc(1)]), 'x.index'), corrupt);
    assert.throws(() => readIndex(Buffer.alloc(200, 'PK'), 'x.index'), corrupt);
  });

  it('of a later release is refused with a hint to upgrade', () => {
    const bytes = Uint8Array.from(write(entriesOf([1])));
    bytes[8] = 2;
    assert.throws(() => readIndex(bytes, 'x.index'), { code: 'FORMAT_TOO_NEW', hint: /newer release/ });
  });
});
