import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { keyHash, planShards, type RunSummary } from '../../src/writers/index.js';
import { sortedGroups } from '../../src/writers/sorted-groups.js';
import { keyOf, leavesOfRow, spillRows, type TestRow, temporaryFolder } from './rows.js';

const hashOf = (split: string, key: string): string => Buffer.from(keyHash(split, key)).toString('hex');

function readAll(
  runs: readonly RunSummary[],
  bufferBytes: number,
): { rows: string[][]; largestGroup: number; equal: number } {
  const rows: string[][] = [];
  let largestGroup = 0;
  let equal = 0;
  const [shard] = planShards('train', runs, { numShards: 1 }).shards;
  for (const group of sortedGroups(shard?.input ?? [], { firstBucket: 0, endBucket: 4096, bufferBytes })) {
    if (group.equalAt >= 0) equal++;
    let bytes = 0;
    for (let i = 0; i < group.count; i++) {
      const offset = group.order[i] ?? 0;
      const row = offset / 4;
      bytes += group.words[row + 4] ?? 0;
      rows.push([keyOf(group.words, row), leavesOfRow(group.words, row), group.sliceOf(offset).sourceShard]);
    }
    largestGroup = Math.max(largestGroup, bytes);
  }
  return { rows, largestGroup, equal };
}

describe('spilled rows', () => {
  const folder = temporaryFolder();

  it('come back in the order of their hashes, whatever the runs, buffers and sizes', () => {
    const row = fc.record({ leaves: fc.uint8Array({ maxLength: 600 }), exampleBytes: fc.nat(1000) });
    const runs = fc.array(fc.array(row, { maxLength: 60 }), { minLength: 1, maxLength: 6 });
    const bytes = fc.constantFrom(64, 1000, 4096, 1 << 20);
    fc.assert(
      fc.property(runs, bytes, bytes, (rowsOfRuns, spillBytes, readBytes) => {
        const expected: string[][] = [];
        const summaries = rowsOfRuns.map((rows, r) => {
          const keyed = rows.map((item, i): TestRow => ({ ...item, key: `${r}/${i}` }));
          for (const { key, leaves } of keyed) {
            const padded = Buffer.concat([leaves, Buffer.alloc((4 - (leaves.length % 4)) % 4)]);
            expected.push([String(key), padded.toString('hex'), `run ${r}`]);
          }
          const file = join(folder.path, `run-${r}`);
          return spillRows({ split: 'train', file, sourceShard: `run ${r}`, bufferBytes: spillBytes }, keyed);
        });
        if (expected.length === 0) return;
        expected.sort(([a = ''], [b = '']) => (hashOf('train', a) < hashOf('train', b) ? -1 : 1));
        assert.deepEqual(readAll(summaries, readBytes).rows, expected);
      }),
      { numRuns: 60 },
    );
  });

  it('are read in parts when a bucket is larger than the buffer, in memory that the buffer bounds', () => {
    // 20,000 rows of 1 KiB in 4096 buckets are 5 KiB a bucket.
    const rows = Array.from(
      { length: 20_000 },
      (_, key): TestRow => ({ key, leaves: new Uint8Array(1000).fill(key), exampleBytes: 1 }),
    );
    const runs = [0, 1, 2].map((r) =>
      spillRows(
        { split: 'train', file: join(folder.path, `run-${r}`), bufferBytes: 1 << 20 },
        rows.filter((_, i) => i % 3 === r),
      ),
    );
    const whole = readAll(runs, 16 << 20);
    const parts = readAll(runs, 3000);
    assert.equal(whole.rows.length, 20_000);
    assert.deepEqual(parts.rows, whole.rows);
    assert.ok(parts.largestGroup <= 3000, `${parts.largestGroup} bytes`);
  });

  it('with one key for all are found out before they fill the memory', () => {
    const rows = Array.from(
      { length: 5000 },
      (): TestRow => ({ key: 'same', leaves: new Uint8Array(200), exampleBytes: 1 }),
    );
    const run = spillRows({ split: 'train', file: join(folder.path, 'run') }, rows);
    const { equal, largestGroup } = readAll([run], 4096);
    assert.equal(equal, 1);
    assert.ok(largestGroup < 5000, `${largestGroup} bytes`);
  });

  it('that are larger than every buffer come back whole', () => {
    const sizes = [10, 300_000, 20, 5000, 1_000_000, 30];
    const rows = sizes.map(
      (size, key): TestRow => ({ key, leaves: new Uint8Array(size).fill(key), exampleBytes: size }),
    );
    const run = spillRows({ split: 'train', file: join(folder.path, 'run'), bufferBytes: 4096 }, rows);
    const { rows: read } = readAll([run], 4096);
    const lengths = read.map(([key, leaves]) => [Number(key), (leaves?.length ?? 0) / 2]);
    assert.deepEqual(
      lengths.sort(([a = 0], [b = 0]) => a - b),
      sizes.map((size, key) => [key, Math.ceil(size / 4) * 4]),
    );
  });

  it('of thousands of runs need few descriptors and reads', () => {
    const runs = Array.from({ length: 3000 }, (_, r) =>
      spillRows(
        { split: 'train', file: join(folder.path, `run-${r}`), sourceShard: `run ${r}` },
        [0, 1, 2].map((i): TestRow => ({ key: r * 3 + i, leaves: new Uint8Array(40), exampleBytes: 50 })),
      ),
    );
    const { rows } = readAll(runs, 1 << 20);
    assert.equal(rows.length, 9000);
    for (const [key, , run] of rows) assert.equal(run, `run ${Math.floor(Number(key) / 3)}`);
  });

  it('that somebody cut name the file and the place', () => {
    const rows = Array.from(
      { length: 100 },
      (_, key): TestRow => ({ key, leaves: new Uint8Array(40), exampleBytes: 50 }),
    );
    const run = spillRows({ split: 'train', file: join(folder.path, 'run') }, rows);
    const cut = { ...run, segments: run.segments.map((segment) => ({ ...segment, offset: segment.offset + 8000 })) };
    assert.throws(
      () => readAll([cut], 1 << 20),
      (error: { code?: string; at?: { file?: string; offset?: number } }) =>
        error.code === 'DATA_CORRUPT' && error.at?.file === run.file && (error.at.offset ?? 0) >= 7000,
    );
  });
});
