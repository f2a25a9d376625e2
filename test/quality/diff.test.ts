import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type AnyFeature, features, optional, scalar, text } from '../../src/features/index.js';
import { type Bump, diffVersions, requiredBump, type VersionDiff } from '../../src/quality/index.js';
import type { OutputFormat } from '../../src/writers/index.js';
import { buildVersion, type Examples, type TestVersion } from '../reader/build-version.js';
import { sampleExample, sampleSchema } from '../reader/sample.js';
import { recount } from './recount.js';

const sampleFields = ['id', 'label', 'name', 'weight', 'tags', 'position', 'signal', 'user', 'steps'];

/** The same features and one more, between the others by its name. */
const widerSchema = features({
  ...schemaFields(),
  note: optional(scalar('float64')),
});

function schemaFields(): Record<string, AnyFeature> {
  return Reflect.get(sampleSchema, 'fields') as Record<string, AnyFeature>;
}

describe('what is different between two versions', () => {
  let registry = '';
  let built = 0;
  before(() => {
    registry = mkdtempSync(join(tmpdir(), 'ailab-diff-'));
  });
  after(() => rmSync(registry, { recursive: true, force: true }));

  const publish = (version: Omit<TestVersion, 'registry' | 'name' | 'version'>) =>
    buildVersion({ registry, name: 'sample', version: `${built++}.0.0`, ...version });

  /** What becomes of an example: it stays, goes, gets another value of one of its features, or comes. */
  const fates = fc.array(fc.constantFrom('keep', 'keep', 'remove', 'label', 'name', 'weight', 'steps', 'add'), {
    maxLength: 60,
  });
  type Fate = 'keep' | 'remove' | 'label' | 'name' | 'weight' | 'steps' | 'add';

  const original = (all: readonly Fate[]): Examples =>
    all.flatMap((fate, i) => (fate === 'add' ? [] : [[`k${i}`, sampleExample(i)] as const]));
  const edited = (all: readonly Fate[], more: (i: number) => object = () => ({})): Examples =>
    all.flatMap((fate, i) => (fate === 'remove' ? [] : [[`k${i}`, { ...edit(fate, i), ...more(i) }] as const]));

  function edit(fate: Fate, i: number) {
    const example = sampleExample(i);
    if (fate === 'label') return { ...example, label: (example.label + 1) % 3 };
    if (fate === 'name') return { ...example, name: `${example.name}!` };
    if (fate === 'weight') return { ...example, weight: 0.25 };
    if (fate === 'steps') return { ...example, steps: [...example.steps, { reward: 0, choices: [] }] };
    return example;
  }

  const expected = (all: readonly Fate[]) => {
    const count = (...wanted: readonly Fate[]) => all.filter((fate) => wanted.includes(fate)).length;
    return {
      same: count('keep'),
      added: count('add'),
      removed: count('remove'),
      changed: count('label', 'name', 'weight', 'steps'),
    };
  };

  it('are exactly the edits, whatever they are and however the shards are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fates, fc.integer({ min: 1, max: 3 }), async (all, numShards) => {
        const filler = ['keep', 'keep', 'keep'] as const;
        const whole = [...filler, ...all];
        const schema = sampleSchema;
        const before = await publish({ schema, splits: { train: original(whole) } });
        const after = await publish({ schema, splits: { train: edited(whole) }, numShards });
        const diff = await diffVersions(before, after);
        const keys = expected(whole);
        assert.deepEqual(diff.splits[0]?.keys, keys);
        assert.deepEqual(await recount(before, after, 'train', sampleFields), keys);
        const isSame = keys.added + keys.removed + keys.changed === 0;
        assert.equal(diff.comparedBy, isSame ? 'digests' : 'index');
        assert.equal(requiredBump(diff) === 'major', !isSame);
      }),
      { numRuns: 12 },
    );
  });

  for (const formats of [['tfrecord'], ['arrow'], ['tfrecord', 'arrow']] as const satisfies readonly OutputFormat[][]) {
    it(`are the edits of what both have where a feature came, as ${formats.join(' and ')}`, async () => {
      await fc.assert(
        fc.asyncProperty(fates, async (all) => {
          const whole: readonly Fate[] = ['keep', 'keep', 'keep', ...all];
          const before = await publish({
            schema: sampleSchema,
            formats,
            splits: { train: original(whole) },
            numShards: 2,
          });
          const more = (i: number) => (i % 2 === 0 ? { note: i / 3 } : {});
          const after = await publish({ schema: widerSchema, formats, splits: { train: edited(whole, more) } });
          const diff = await diffVersions(before, after);
          const keys = expected(whole);
          assert.equal(diff.comparedBy, 'values');
          assert.deepEqual(
            diff.features.added.map(({ path }) => path),
            ['note'],
          );
          assert.deepEqual(diff.splits[0]?.keys, keys);
          assert.deepEqual(await recount(before, after, 'train', sampleFields), keys);
          const isSame = keys.added + keys.removed + keys.changed === 0;
          assert.equal(requiredBump(diff), isSame ? 'minor' : 'major');
          // And back again: what was added is gone.
          const back = await diffVersions(after, before);
          assert.deepEqual(back.splits[0]?.keys, { ...keys, added: keys.removed, removed: keys.added });
          assert.equal(requiredBump(back), 'major');
        }),
        { numRuns: 5 },
      );
    });
  }

  const small = features({ id: scalar('int64'), name: text({ description: 'as typed' }) });
  const rows = (from: number, to: number): Examples =>
    Array.from({ length: to - from }, (_, i) => [`k${from + i}`, { id: BigInt(from + i), name: `n${from + i}` }]);
  const compare = async (before: Partial<TestVersion>, after: Partial<TestVersion>): Promise<VersionDiff> => {
    const base = { schema: small, splits: { train: rows(0, 10) } };
    return diffVersions(await publish({ ...base, ...before }), await publish({ ...base, ...after }));
  };

  const bumps: readonly (readonly [what: string, before: Partial<TestVersion>, after: Partial<TestVersion>, Bump])[] = [
    ['nothing', {}, {}, 'none'],
    ['other shards', {}, { numShards: 3 }, 'patch'],
    ['other formats', {}, { formats: ['tfrecord'] }, 'patch'],
    [
      'documentation',
      {},
      { schema: features({ id: scalar('int64', { unit: 's' }), name: text({ description: 'tidied' }) }) },
      'patch',
    ],
    [
      'the order of the features',
      {},
      { schema: features({ name: text({ description: 'as typed' }), id: scalar('int64') }) },
      'none',
    ],
    ['another split', {}, { splits: { train: rows(0, 10), test: rows(10, 12) } }, 'minor'],
    ['a split that is gone', { splits: { train: rows(0, 10), test: rows(10, 12) } }, {}, 'major'],
    ['rows that came', {}, { splits: { train: rows(0, 11) } }, 'major'],
    ['rows that went', {}, { splits: { train: rows(0, 9) } }, 'major'],
    ['other rows', {}, { splits: { train: rows(1, 11) } }, 'major'],
    [
      'a renamed feature',
      {},
      { schema: features({ id: scalar('int64'), title: text() }), splits: titled(rows(0, 10)) },
      'major',
    ],
    [
      'a mark of personal data',
      {},
      { schema: features({ id: scalar('int64'), name: text({ description: 'as typed', pii: 'name' }) }) },
      'patch',
    ],
  ];
  for (const [what, before, after, bump] of bumps) {
    it(`take ${bump} where they are ${what}`, async () => {
      assert.equal(requiredBump(await compare(before, after)), bump);
    });
  }
});

function titled(rows: Examples): Record<string, Examples> {
  return { train: rows.map(([key, row]) => [key, { id: Reflect.get(row as object, 'id'), title: 'x' }]) };
}
