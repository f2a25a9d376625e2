import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatReference,
  parseConfigName,
  parseDatasetName,
  parseReference,
  parseVersion,
} from '../../../src/core/names/index.js';
import {
  planRetention,
  type RetentionRules,
  type StoredVersion,
} from '../../../src/registry/retention/plan-retention.js';

const day = 86_400_000;
const today = new Date('2026-11-21T00:00:00Z');
const daysAgo = (days: number) => new Date(today.getTime() - days * day);

function stored(
  reference: string,
  more: Partial<StoredVersion> & { readonly from?: readonly string[] } = {},
): StoredVersion {
  const { name, config, version } = parseReference(reference);
  const { from = [], ...rest } = more;
  return {
    name,
    config,
    version: parseVersion(version ?? ''),
    createdAt: daysAgo(1),
    bytes: 1,
    contentDigest: reference,
    lineage: from.map((upstream) => {
      const parsed = parseReference(upstream);
      return { name: parsed.name, config: parsed.config, version: parsed.version ?? '' };
    }),
    aliases: [],
    isYanked: false,
    ...rest,
  };
}

const plan = (versions: readonly StoredVersion[], rules: RetentionRules, names?: readonly string[]) =>
  Object.fromEntries(
    planRetention(versions, rules, ({ name }) => names === undefined || names.includes(name)).map(
      ({ version, keptBecause }) => [formatReference(version), keptBecause],
    ),
  );

describe('a retention plan', () => {
  it('keeps the last versions of each data set and config by number, not by name or time', () => {
    const versions = ['a:1.9.0', 'a:1.10.0', 'a:1.2.0', 'a/men:1.0.0', 'a/men:0.9.0', 'b:1.0.0'].map((reference) =>
      stored(reference),
    );
    assert.deepEqual(plan(versions, { keepLast: 2 }), {
      'a:1.10.0': ['the newest'],
      'a:1.9.0': ['one of the last 2'],
      'a:1.2.0': [],
      'a/men:1.0.0': ['the newest'],
      'a/men:0.9.0': ['one of the last 2'],
      'b:1.0.0': ['the newest'],
    });
  });

  it('keeps the newest, however old it is, and what was published since a day', () => {
    const versions = [
      stored('a:1.0.0', { createdAt: daysAgo(10) }),
      stored('a:1.1.0', { createdAt: daysAgo(30) }),
      stored('a:1.2.0', { createdAt: daysAgo(31) }),
      stored('a:1.3.0', { createdAt: daysAgo(400) }),
    ];
    assert.deepEqual(plan(versions, { keepNewerThan: daysAgo(30) }), {
      'a:1.0.0': ['published since 2026-10-22'],
      'a:1.1.0': ['published since 2026-10-22'],
      'a:1.2.0': [],
      'a:1.3.0': ['the newest'],
    });
  });

  it('keeps the newest that is not yanked, and takes nothing because it is yanked', () => {
    const versions = [
      stored('a:2.0.0', { isYanked: true }),
      stored('a:1.2.0', { isYanked: true }),
      stored('a:1.1.0'),
      stored('a:1.0.0'),
      stored('a:0.9.0'),
    ];
    assert.deepEqual(plan(versions, { keepLast: 2 }), {
      'a:2.0.0': ['the newest'],
      'a:1.2.0': ['one of the last 2'],
      'a:1.1.0': ['the newest'],
      'a:1.0.0': ['one of the last 2'],
      'a:0.9.0': [],
    });
  });

  it('keeps what is named, what an alias stands for, and says each reason', () => {
    const versions = [
      stored('a:2.0.0'),
      stored('a:1.1.0', { aliases: ['prod', 'default'] }),
      stored('a:1.0.0'),
      stored('a/men:1.1.0'),
      stored('a/men:1.0.0'),
    ];
    const keep = ['a:1.*.*', 'a@prod'].map((reference) => parseReference(reference));
    assert.deepEqual(plan(versions, { keep }), {
      'a:2.0.0': ['the newest'],
      'a:1.1.0': ['alias prod', 'alias default', '--keep a:1.*.*'],
      'a:1.0.0': ['--keep a:1.*.*'],
      'a/men:1.1.0': ['the newest', '--keep a:1.*.*'],
      'a/men:1.0.0': ['--keep a:1.*.*'],
    });
  });

  it('keeps what a version that stays was made from, to the end, also across data sets that were not asked about', () => {
    const versions = [
      stored('raw:1.2.0'),
      stored('raw:1.1.0'),
      stored('raw:1.0.0'),
      stored('clean:1.1.0'),
      stored('clean:1.0.0', { from: ['raw:1.0.0'] }),
      stored('train:1.0.0', { from: ['clean:1.0.0', 'gone:1.0.0'] }),
    ];
    assert.deepEqual(plan(versions, { keepLast: 1 }, ['raw', 'clean']), {
      'raw:1.2.0': ['the newest'],
      'raw:1.1.0': [],
      'raw:1.0.0': ['clean:1.0.0 was made from it'],
      'clean:1.1.0': ['the newest'],
      'clean:1.0.0': ['train:1.0.0 was made from it'],
    });
  });

  it('refuses lineages that go in a circle, however long, and takes long ones that do not', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) =>
      stored(`a:1.0.${i}`, { from: i === 0 ? [] : [`a:1.0.${i - 1}`] }),
    );
    assert.equal(Object.keys(plan(chain, { keepLast: 1 })).length, chain.length);
    const circle = [stored('a:1.0.0', { from: ['b:1.0.0'] }), stored('b:1.0.0', { from: ['c/x:1.0.0'] })];
    assert.throws(() => plan([...circle, stored('c/x:1.0.0', { from: ['a:1.0.0'] })], { keepLast: 1 }), {
      code: 'MANIFEST_INVALID',
      message: /a:1\.0\.0 from b:1\.0\.0 from c\/x:1\.0\.0 from a:1\.0\.0/,
    });
  });

  it('never lets go of anything that something which stays depends on, and lets go of all else', () => {
    const index = fc.nat(11);
    const registry = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.array(index, { maxLength: 3 }), fc.boolean(), fc.nat(100)),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(registry, fc.integer({ min: 1, max: 3 }), fc.nat(100), (drawn, keepLast, age) => {
        const references = drawn.map(([name], i) => `${name}:1.0.${i}`);
        // What was drawn earlier can't be made from what was drawn later, as in life.
        const versions = drawn.map(([, from, isAliased, days], i) =>
          stored(references[i] ?? '', {
            createdAt: daysAgo(days),
            aliases: isAliased ? ['prod'] : [],
            from: from.filter((j) => j < i).map((j) => references[j] ?? ''),
          }),
        );
        const kept = plan(versions, { keepLast, keepNewerThan: daysAgo(age) });
        for (const [i, [name, , isAliased, days]] of drawn.entries()) {
          const reference = references[i] ?? '';
          const newer = drawn.filter(([other], j) => other === name && j > i).length;
          const isNeeded = versions.some(
            (other) =>
              (kept[formatReference(other)] ?? []).length > 0 &&
              other.lineage.some((upstream) => formatReference(upstream) === reference),
          );
          const stays = newer < keepLast || isAliased || days <= age || isNeeded;
          assert.equal((kept[reference] ?? []).length > 0, stays, reference);
        }
      }),
    );
  });

  it('takes configs for what they are', () => {
    const version = stored('a/men:1.0.0', { name: parseDatasetName('a'), config: parseConfigName('men') });
    assert.deepEqual(plan([version, stored('a/men:1.1.0')], { keepLast: 1 }), {
      'a/men:1.0.0': [],
      'a/men:1.1.0': ['the newest'],
    });
  });
});
