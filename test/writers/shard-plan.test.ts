import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { keyHash, planShards, type RunSummary } from '../../src/writers/index.js';
import { shardBoundary, tfdsShardCount } from '../../src/writers/shard-count.js';
import { requireOracle } from '../oracle/index.js';
import { spillRows, type TestRow, temporaryFolder } from './rows.js';

const mebibyte = 2 ** 20;

/** A run whose table says that it has so many examples of one size; nothing is on disk. */
function claimedRun(examples: number, exampleBytes: number): RunSummary {
  const buckets = Uint16Array.from({ length: Math.min(4096, examples) }, (_, i) => i);
  const rowCounts = Uint32Array.from(
    buckets,
    (bucket) => Math.floor(examples / buckets.length) + (bucket < examples % buckets.length ? 1 : 0),
  );
  const rowBytes = Uint32Array.from(rowCounts, (rows) => rows * 64);
  const sizes = Float64Array.from(rowCounts, (rows) => rows * exampleBytes);
  const segments = [{ offset: 0, buckets, rowCounts, rowBytes, exampleBytes: sizes }];
  return { split: 'train', file: '/nowhere', sourceShard: 'claimed', rows: examples, bytes: 0, crc32: 0, segments };
}

describe('shards', () => {
  const folder = temporaryFolder();

  it('are as many as tfds makes of the same sizes', async function () {
    const oracle = requireOracle(this);
    const gibibyte = 2 ** 30;
    const cases: [number, number][] = [];
    for (const bytes of [0, 1, 64, 127, 128, 129, 255, 512, 1000, 5000, 70_000].map((size) => size * mebibyte)) {
      for (const examples of [1, 2, 3, 7, 500, 1023, 1024, 5000, 3_000_000]) cases.push([bytes, examples]);
    }
    cases.push(
      [1025 * gibibyte, 10_000],
      [2048 * gibibyte, 10_000],
      [2500 * gibibyte, 10_000],
      [9000 * gibibyte, 10 ** 9],
    );
    const random = fc.sample(fc.tuple(fc.nat(2 ** 31 - 1), fc.integer({ min: 1, max: 5000 })), {
      numRuns: 60,
      seed: 1,
    });
    for (const [total, examples] of [...cases, ...random]) {
      const expected = await oracle.call('hashing.shard_count', { total_bytes: total, examples });
      assert.equal(tfdsShardCount(total, examples), expected, `${total} bytes, ${examples} examples`);
    }
  });

  it('are one an example where tfds would count for ever', () => {
    assert.equal(tfdsShardCount(5000 * 2 ** 30, 1500), 1500);
  });

  it('are cut where tfds cuts', async function () {
    const oracle = requireOracle(this);
    const sizes = fc.sample(fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 200 })), {
      numRuns: 60,
      seed: 2,
    });
    for (const [n, most] of [...sizes, [5, 2], [7, 2], [10, 4], [3_000_000, 4]] as const) {
      const count = Math.min(n, most);
      const ours = Array.from({ length: count }, (_, shard) => shardBoundary(n, shard + 1, count));
      assert.deepEqual(
        ours,
        await oracle.call('hashing.shard_boundaries', { examples: n, shards: count }),
        `${n} in ${count}`,
      );
    }
  });

  it('follow from the tables alone, and each task carries only its part of them', () => {
    const runs = [claimedRun(100_000, 4000), claimedRun(200_000, 4000)];
    const plan = planShards('train', runs);
    assert.equal(plan.examples, 300_000);
    assert.equal(plan.exampleBytes, 1_200_000_000);
    assert.equal(plan.shards.length, tfdsShardCount(plan.exampleBytes, plan.examples));
    assert.deepEqual(
      plan.shards.map(({ from, to }) => to - from),
      Array.from({ length: 16 }, () => 300_000 / 16),
    );
    for (const { input } of plan.shards) {
      for (const { buckets } of input)
        assert.ok(buckets.length < 300 && buckets.buffer.byteLength === buckets.byteLength);
    }
  });

  it('are as many as asked for, but none is empty', () => {
    assert.equal(planShards('train', [claimedRun(1000, 10)], { numShards: 7 }).shards.length, 7);
    const few = planShards('train', [claimedRun(3, 10)], { numShards: 7 });
    assert.deepEqual(
      few.shards.map(({ from, to }) => [from, to]),
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    );
  });

  it('never exceed the size that is asked for, to the byte', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 400, size: 'max' });
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1000, max: 60_000 }),
        fc.constantFrom(200, 4096, mebibyte),
        (bytes, limit, bufferBytes) => {
          const rows = bytes.map((exampleBytes, key): TestRow => ({ key, leaves: new Uint8Array(8), exampleBytes }));
          const run = spillRows({ split: 'train', file: join(folder.path, 'run') }, rows);
          const plan = planShards('train', [run], { maxShardBytes: limit, bufferBytes });
          const hashes = rows.map(({ key }) => Buffer.from(keyHash('train', key)).toString('hex'));
          const order = [...rows.keys()].sort((a, b) => ((hashes[a] ?? '') < (hashes[b] ?? '') ? -1 : 1));
          let end = 0;
          for (const { from, to, shard } of plan.shards) {
            assert.equal(from, end);
            assert.equal(from, shardBoundary(rows.length, shard, plan.shards.length));
            end = to;
            const size = order.slice(from, to).reduce((sum, row) => sum + (bytes[row] ?? 0) + 16, 0);
            assert.ok(to - from === 1 || size <= limit, `${to - from} records of ${size} bytes, limit ${limit}`);
          }
          assert.equal(end, rows.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are not more than the size asks for by much, when many records share a bucket', () => {
    const rows = Array.from(
      { length: 40_000 },
      (_, key): TestRow => ({ key, leaves: new Uint8Array(8), exampleBytes: 84 }),
    );
    const run = spillRows({ split: 'train', file: join(folder.path, 'run') }, rows);
    const { shards } = planShards('train', [run], { maxShardBytes: 10_000 });
    // 100 records of 100 bytes a shard make exactly the limit.
    assert.equal(shards.length, 400);
  });

  it('that are both counted and limited, and do not fit, are refused', () => {
    const rows = Array.from(
      { length: 100 },
      (_, key): TestRow => ({ key, leaves: new Uint8Array(8), exampleBytes: 84 }),
    );
    const run = spillRows({ split: 'train', file: join(folder.path, 'run') }, rows);
    assert.equal(planShards('train', [run], { numShards: 2, maxShardBytes: 5000 }).shards.length, 2);
    assert.throws(
      () => planShards('train', [run], { numShards: 2, maxShardBytes: 4999 }),
      (error: { code?: string; message: string }) => error.code === 'USAGE' && error.message.includes('5000 bytes'),
    );
  });

  it('of an empty split are one without examples, whatever number is asked for', () => {
    const { examples, shards } = planShards('validation', [claimedRun(10, 10)], { numShards: 4, maxShardBytes: 100 });
    assert.equal(examples, 0);
    assert.deepEqual(
      shards.map(({ from, to, input }) => ({ from, to, input })),
      [{ from: 0, to: 0, input: [] }],
    );
  });
});
