import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseReference, type Version } from '../../../src/core/names/index.js';
import { type SnapshotKeep, snapshotAt } from '../../../src/core/snapshots/index.js';
import {
  planRetention,
  type RetentionRules,
  type StoredVersion,
} from '../../../src/registry/retention/plan-retention.js';

const dayMs = 86_400_000;
const firstDay = Date.UTC(2026, 0, 1);

interface Night {
  readonly day: number;
  readonly isYanked?: boolean;
  readonly more?: Partial<StoredVersion>;
}

function snapshot({ day, isYanked = false, more = {} }: Night): StoredVersion {
  const { name, to } = snapshotAt('daily', new Date(firstDay + day * dayMs));
  const parsed = parseReference(`clicks/${name}`);
  return {
    name: parsed.name,
    config: parsed.config,
    version: '1.2.0' as Version,
    createdAt: to,
    bytes: 1,
    contentDigest: name,
    lineage: [],
    aliases: [],
    isYanked,
    snapshot: { name, to, config: undefined },
    ...more,
  };
}

const kept = (versions: readonly StoredVersion[], keep: SnapshotKeep, rules: RetentionRules = {}) =>
  planRetention(versions, { ...rules, snapshots: () => keep })
    .filter(({ keptBecause }) => keptBecause.length > 0)
    .map(({ version }) => version.config ?? version.version)
    .sort();

/** From the names alone: `20261121` is of the month `202611`. */
function expected(names: readonly string[], daily: number, monthly: number): readonly string[] {
  const sorted = [...names].sort();
  const months = [...new Set(sorted.map((name) => name.slice(0, 6)))].slice(-monthly);
  const last = months.map((month) => sorted.findLast((name) => name.startsWith(month)) ?? '');
  return [...new Set([...sorted.slice(-daily), ...last])].sort();
}

describe('keeping snapshots', () => {
  it('keeps the newest so many, and the last one of each of the newest months', () => {
    const year = Array.from({ length: 365 }, (_, day) => snapshot({ day }));
    const names = kept(year, { daily: 30, monthly: 12 });
    assert.equal(names.length, 30 + 11);
    assert.deepEqual(names.slice(0, 3), ['20260131', '20260228', '20260331']);
    assert.deepEqual(
      [names[11], names.at(-1)],
      ['20261202', '20261231'].map((name) => name),
    );
  });

  it('is what the names say, whatever nights are missing', () => {
    const nights = fc.uniqueArray(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 80 });
    const count = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(nights, count, count, (days, daily, monthly) => {
        const versions = days.map((day) => snapshot({ day }));
        const names = versions.map(({ config }) => String(config));
        assert.deepEqual(kept(versions, { daily, monthly }), expected(names, daily, monthly));
      }),
    );
  });

  it('counts a yanked one among all, and gives it no place among the others', () => {
    const nights = [0, 1, 2, 3].map((day) => snapshot({ day, isYanked: day === 3 }));
    assert.deepEqual(kept(nights, { daily: 2 }), ['20260102', '20260103', '20260104']);
    const older = [0, 1, 2, 3].map((day) => snapshot({ day, isYanked: day === 0 }));
    assert.deepEqual(kept(older, { daily: 2 }), ['20260103', '20260104']);
  });

  it('never takes what an alias stands for, what another was made from, or what is named', () => {
    const upstream = { name: 'clicks', config: '20260101', version: '1.2.0' };
    const nights = [
      snapshot({ day: 0 }),
      snapshot({ day: 1, more: { aliases: ['prod'] } }),
      snapshot({ day: 2 }),
      snapshot({ day: 3 }),
      snapshot({ day: 4, more: { lineage: [upstream] } }),
    ];
    assert.deepEqual(kept(nights, { daily: 1 }), ['20260101', '20260102', '20260105']);
    const keep = [parseReference('clicks/20260103')];
    assert.deepEqual(kept(nights, { daily: 1 }, { keep }), ['20260101', '20260102', '20260103', '20260105']);
  });

  it('keeps all versions of a snapshot that stays, and versions that are none', () => {
    const nights = [0, 1].flatMap((day) => [
      snapshot({ day }),
      snapshot({ day, more: { version: '1.3.0' as Version } }),
    ]);
    const { snapshot: _, ...frozen } = snapshot({ day: 0, more: { config: undefined } });
    const all = [...nights, frozen, { ...frozen, version: '1.1.0' as Version }];
    assert.deepEqual(kept(all, { daily: 1 }), ['1.1.0', '1.2.0', '20260102', '20260102']);
    assert.deepEqual(kept(all, { daily: 1 }, { keepLast: 1 }), ['1.2.0', '20260102', '20260102']);
  });

  it('knows weeks and years', () => {
    const nights = Array.from({ length: 730 }, (_, day) => snapshot({ day }));
    assert.deepEqual(kept(nights, { yearly: 5 }), ['20261231', '20271231']);
    assert.deepEqual(kept(nights, { weekly: 2 }), ['20271226', '20271231']);
  });
});
