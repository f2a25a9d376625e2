import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { contentDigest, planShards } from '../../src/writers/index.js';
import { RecordDigester } from '../../src/writers/record-digest.js';
import { sortedGroups } from '../../src/writers/sorted-groups.js';
import { requireOracle } from '../oracle/index.js';
import { leavesOfRow, spillRows, type TestRow, temporaryFolder } from './rows.js';

describe('digests of content', () => {
  const folder = temporaryFolder();

  it('are those that a transcription of their description gives, for records and for the split', async function () {
    const oracle = requireOracle(this);
    const leaves = fc.oneof(
      { weight: 20, arbitrary: fc.uint8Array({ maxLength: 80 }) },
      fc.uint8Array({ minLength: 4000, maxLength: 9000, size: 'max' }),
    );
    const [contents = []] = fc.sample(fc.array(leaves, { minLength: 600, maxLength: 900, size: 'max' }), {
      numRuns: 1,
      seed: 3,
    });
    const rows = contents.map((bytes, key): TestRow => ({ key, leaves: bytes, exampleBytes: 1 }));
    const run = spillRows({ split: 'train', file: join(folder.path, 'run'), bufferBytes: 20_000 }, rows);
    const [shard] = planShards('train', [run]).shards;
    const digester = new RecordDigester();
    const digests: string[] = [];
    const leavesRead: Uint8Array[] = [];
    for (const group of sortedGroups(shard?.input ?? [], { firstBucket: 0, endBucket: 4096, bufferBytes: 1 << 20 })) {
      for (let i = 0; i < group.count; i++) {
        const row = (group.order[i] ?? 0) / 4;
        digester.add(group.words, row, true);
        const digest = Buffer.alloc(8);
        digest.writeInt32LE(digester.low, 0);
        digest.writeInt32LE(digester.high, 4);
        digests.push(digest.toString('hex'));
        leavesRead.push(new Uint8Array(Buffer.from(leavesOfRow(group.words, row), 'hex')));
      }
    }
    assert.deepEqual(digests, await oracle.call('digests.records', { leaves: leavesRead }));
    const records = contents.map((bytes, key) => [
      new Uint8Array(Buffer.from(String(key))),
      new Uint8Array([...bytes, ...new Uint8Array((4 - (bytes.length % 4)) % 4)]),
    ]);
    const buckets = digester.finish();
    assert.deepEqual(
      { content: contentDigest(buckets), buckets },
      await oracle.call('digests.content', { split: 'train', records }),
    );
  });

  it('differ when one bit of one record does', () => {
    const row = fc.uint8Array({ minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(row, fc.nat(), (leaves, place) => {
        const digest = (bytes: Uint8Array): string => {
          const words = new Int32Array(8 + Math.ceil(bytes.length / 4));
          words[4] = words.length * 4;
          new Uint8Array(words.buffer).set(bytes, 32);
          const digester = new RecordDigester();
          digester.add(words, 0, false);
          return `${digester.low} ${digester.high}`;
        };
        const changed = Uint8Array.from(leaves);
        const bit = place % (leaves.length * 8);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.notEqual(digest(changed), digest(leaves));
      }),
    );
  });
});
