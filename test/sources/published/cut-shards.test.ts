import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDatasetName, parseVersion } from '../../../src/core/names/index.js';
import type { VersionInfo } from '../../../src/registry/index.js';
import { cutShards, type PublishedPart } from '../../../src/sources/published/cut-shards.js';

const version = { name: parseDatasetName('big'), version: parseVersion('1.0.0'), contentDigest: '' };

describe('the parts that a published version is read in', () => {
  it('cover what was asked for, each example once, in its order, within their limits', () => {
    const shards = fc.array(fc.record({ examples: fc.nat(2_000_000), average: fc.nat(200_000_000) }), { maxLength: 5 });
    fc.assert(
      fc.property(shards, fc.nat(100), fc.nat(100), (sizes, low, high) => {
        const [from, to] = low < high ? [low, high] : [high, low];
        const info = infoOf(sizes.map(({ examples, average }) => ({ examples, exampleBytes: examples * average })));
        const total = sizes.reduce((sum, { examples }) => sum + examples, 0);
        // More parts than anybody's version has: it would only take long.
        fc.pre(
          sizes.every(({ examples, average }) => (examples * average) >> 26 < 10_000 && examples * average < 1e11),
        );
        const parts = cutShards(version, info, `train[${from}%:${to}%]`);
        let next: number | undefined;
        for (const { data, rows = 0, bytes = 0 } of parts) {
          const part = data as PublishedPart;
          if (next !== undefined) assert.equal(part.from, next);
          next = part.to;
          assert.ok(rows === part.to - part.from && rows > 0 && rows <= 262_144);
          assert.ok(rows === 1 || bytes <= 64 << 20);
          assert.ok(part.batch >= 1 && part.batch <= 1024);
        }
        const read = parts.reduce((sum, { rows = 0 }) => sum + rows, 0);
        // Percents round to the nearest example.
        assert.ok(Math.abs(read - ((to - from) / 100) * total) <= 1, `${read} of ${total}`);
        assert.equal(new Set(parts.map(({ id }) => id)).size, parts.length);
      }),
      { numRuns: 50 },
    );
  });
});

function infoOf(shards: readonly { readonly examples: number; readonly exampleBytes: number }[]): VersionInfo {
  const examples = shards.reduce((sum, shard) => sum + shard.examples, 0);
  const split = { name: 'train', examples, shards };
  return { splits: [split], manifest: { splits: [split] } } as unknown as VersionInfo;
}
