import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GuardLimits } from '../../../src/builder/index.js';
import { parseConfigName, parseDatasetName, parseVersion } from '../../../src/core/names/index.js';
import { checkBeforePublish, type Finding } from '../../../src/quality/index.js';
import type { Manifest } from '../../../src/registry/index.js';

interface Facts {
  readonly version?: string;
  readonly config?: string;
  readonly splits?: Readonly<Record<string, number>>;
  readonly counters?: Readonly<Record<string, number>>;
  /** Types by the names of features. */
  readonly features?: Readonly<Record<string, string>>;
}

const digest = '0'.repeat(64);

function manifest({
  version = '1.0.0',
  config,
  splits = {},
  counters = {},
  features = { x: 'int64' },
}: Facts): Manifest {
  const fields = Object.entries(features).map(([name, dtype]) => ({
    name,
    feature: { kind: 'scalar', dtype, description: `of ${version}` },
  }));
  return {
    formatVersion: 1,
    name: parseDatasetName('sample'),
    ...(config !== undefined && { config: parseConfigName(config) }),
    version: parseVersion(version),
    createdAt: '2026-11-21T00:00:00.000Z',
    contentDigest: digest,
    splits: Object.entries(splits).map(([name, examples]) => ({
      name,
      examples,
      exampleBytes: examples,
      contentDigest: digest,
      shards: [{ examples, exampleBytes: examples }],
    })),
    files: [],
    schema: { kind: 'record', fields },
    info: { description: 'd', tags: [] },
    releaseNotes: {},
    fingerprint: { digest, parts: {} },
    sources: [],
    lineage: [],
    engine: {},
    sdkVersion: '0.0.0',
    counters,
    imageEncoders: {},
    selfDigest: digest,
  };
}

function limits(some: Partial<GuardLimits> = {}): GuardLimits {
  return { splits: {}, maxChange: {}, joins: {}, ...some };
}

function check(staged: Facts, previous?: Facts, some: Partial<GuardLimits> = {}): readonly Finding[] {
  return checkBeforePublish(manifest(staged), previous && manifest(previous), limits(some));
}

const guardsOf = (findings: readonly Finding[]) => findings.map(({ guard, severity }) => `${guard} ${severity}`);

describe('what guards find in a build', () => {
  it('is nothing in the first version that has examples', () => {
    assert.deepEqual(check({ splits: { train: 1, test: 1 } }), []);
  });

  it('is every empty split, but those that may be empty', () => {
    const splits = { train: 0, test: 0, extra: 0 };
    const findings = check({ splits }, undefined, {
      splits: { test: { mayBeEmpty: true }, extra: { minExamples: 5 } },
    });
    assert.deepEqual(
      findings.map(({ guard, split, expected }) => [guard, split, expected]),
      [
        ['empty-split', 'train', 'at least 1 example'],
        ['empty-split', 'extra', 'at least 5 examples'],
      ],
    );
  });

  it('is a number of examples outside of the bounds, which are themselves allowed', () => {
    const bounded = { splits: { train: { minExamples: 10, maxExamples: 20 } } };
    const found = (train: number) => check({ splits: { train } }, undefined, bounded).map(({ message }) => message);
    assert.deepEqual(found(9), ['train has 9 examples, expected are at least 10 examples']);
    assert.deepEqual(found(10), []);
    assert.deepEqual(found(20), []);
    assert.deepEqual(found(1_234_567), ['train has 1,234,567 examples, expected are at most 20 examples']);
  });

  it('is, where nobody says more, a split that lost more than half or became more than ten times as large', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 40_000 }), (before, now) => {
        const isFar = before >= 100 && (2 * now < before || now > 10 * before);
        const findings = check({ version: '1.0.1', splits: { train: now } }, { splits: { train: before } });
        assert.deepEqual(guardsOf(findings), isFar ? ['count-change error'] : []);
      }),
    );
  });

  it('is a number that is further from the one before than the author allows, to the last example', () => {
    const counts = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 0, max: 100 }), (before, now, percent) => {
        const isFar = Math.abs(now - before) * 100 > percent * before;
        const share = percent / 100;
        const maxChange = { shrink: share, growth: share };
        const staged = { version: '1.0.1', splits: { train: now } };
        const findings = check(staged, { splits: { train: before } }, { maxChange });
        assert.deepEqual(guardsOf(findings), isFar ? ['count-change error'] : []);
        // What a split says of itself counts before what is said of all.
        const own = { maxChange: { shrink: 0, growth: 0 }, splits: { train: { maxChange } } };
        assert.deepEqual(check(staged, { splits: { train: before } }, own), findings);
      }),
    );
  });

  it('is told with its figures', () => {
    const [finding] = check({ version: '1.1.0', splits: { train: 412 } }, { splits: { train: 1000 } });
    assert.deepEqual(finding, {
      guard: 'count-change',
      severity: 'error',
      split: 'train',
      message:
        'train has 412 examples, 58.8 % fewer than the 1,000 of sample:1.0.0, expected are at most 50 % fewer: at least 500 examples',
      measured: '412 examples, 58.8 % fewer',
      expected: 'at most 50 % fewer: at least 500 examples',
    });
  });

  it('is a split that the version before had, and a warning where the major number was raised', () => {
    const before = { splits: { train: 500, test: 7 } };
    assert.deepEqual(guardsOf(check({ version: '1.1.0', splits: { train: 500 } }, before)), ['missing-split error']);
    assert.deepEqual(guardsOf(check({ version: '2.0.0', splits: { train: 100 } }, before)), [
      'count-change warning',
      'missing-split warning',
    ]);
    assert.deepEqual(guardsOf(check({ version: '2.0.0', splits: { train: 0 } }, before)), [
      'empty-split error',
      'missing-split warning',
    ]);
  });

  it('is an expectation of a split or a join that is not there', () => {
    const findings = check({ splits: { train: 5 }, counters: counted('with items', 5, 0) }, undefined, {
      splits: { trian: { minExamples: 1 } },
      joins: { 'with item': { minMatched: 0.5 } },
    });
    assert.deepEqual(
      findings.map(({ message }) => message),
      [
        'expectations name a split trian, and there is none. Did you mean train? The splits are: train',
        "expectations name a join 'with item', and there is none. Did you mean with items? The joins are: with items",
      ],
    );
  });

  it('is a join of which less matched than the author allows', () => {
    const expected = { joins: { 'with items': { minMatched: 0.99 } } };
    const found = (matched: number, unmatched: number) =>
      check({ splits: { train: 1 }, counters: counted('with items', matched, unmatched) }, undefined, expected);
    assert.deepEqual(found(99, 1), []);
    assert.deepEqual(found(0, 0), []);
    assert.deepEqual(
      found(98, 2).map(({ guard, transform, message }) => [guard, transform, message]),
      [
        [
          'join-matches',
          'with items',
          'with items: 98 of 100 elements, 98 %, found a partner, expected are at least 99 %',
        ],
      ],
    );
    // 98.999 % is not shown as 99 %.
    assert.match(found(98_999, 1001)[0]?.message ?? '', /98\.99 %, found a partner/);
  });

  it('is a join of which nothing matched, or much less than before', () => {
    const found = (matched: number, unmatched: number, before: Readonly<Record<string, number>> = {}) =>
      guardsOf(
        check(
          { version: '1.0.1', splits: { train: 1 }, counters: counted('with items', matched, unmatched) },
          { splits: { train: 1 }, counters: before },
        ),
      );
    assert.deepEqual(found(0, 1), ['join-matches error']);
    assert.deepEqual(found(0, 0), []);
    assert.deepEqual(found(1, 99), []);
    assert.deepEqual(found(80, 20, counted('with items', 90, 10)), []);
    assert.deepEqual(found(79, 21, counted('with items', 90, 10)), ['join-matches error']);
    assert.deepEqual(found(1, 99, counted('with items', 90, 9)), [], 'few elements before');
    assert.deepEqual(found(1, 99, counted('another', 90, 10)), [], 'another join before');
  });

  it('is another schema in snapshots of one version, and none in another version', () => {
    const before = { config: '20261120', splits: { train: 5 }, features: { x: 'int64', y: 'int64', z: 'int64' } };
    const now = { config: '20261121', splits: { train: 5 }, features: { x: 'int64', z: 'float32', n: 'int64' } };
    const [finding, ...others] = check(now, before);
    assert.deepEqual(others, []);
    assert.equal(finding?.guard, 'schema-drift');
    assert.equal(finding.measured, 'gone: y; new: n; of another kind: z');
    assert.match(finding.message, /is not that of sample\/20261120:1\.0\.0, a snapshot of the same version/);
    assert.deepEqual(check({ ...now, version: '1.1.0' }, before), []);
    assert.deepEqual(check({ ...before, config: '20261121' }, before), []);
  });
});

function counted(join: string, matched: number, unmatched: number): Record<string, number> {
  return { [`${join} left matched`]: matched, [`${join} left unmatched`]: unmatched, [`${join} right unmatched`]: 3 };
}

describe('a snapshot, beside several before it', () => {
  const night = (day: number, examples: number) =>
    manifest({ config: `202611${String(day).padStart(2, '0')}`, splits: { train: examples } });
  const found = (counts: readonly number[], examples: number) => {
    const recent = counts.map((count, index) => night(20 - index, count));
    return checkBeforePublish(night(21, examples), recent[0], limits(), recent).map(({ guard }) => guard);
  };

  it('may be as usual after a night that was not', () => {
    // The newest first: a holiday with few, which somebody accepted, and one with far too many.
    assert.deepEqual(found([80, 1000, 980, 1010, 990], 1000), []);
    assert.deepEqual(found([20_000, 1000, 980, 1010, 990], 1000), []);
    assert.deepEqual(found([150, 1000, 980], 1600), [], 'ten times as many as the one before');
  });

  it('is refused where it is far from the one before and from what is usual', () => {
    assert.deepEqual(found([1000, 990, 1010], 400), ['count-change']);
    assert.deepEqual(found([1000, 150, 990], 20), ['count-change']);
    assert.deepEqual(found([150, 160, 170], 5000), ['count-change']);
  });

  it('follows what changes slowly', () => {
    assert.deepEqual(found([6400, 3200, 1600, 800, 400, 200, 100], 12_800), []);
  });
});
