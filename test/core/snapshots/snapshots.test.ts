import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isConfigName } from '../../../src/core/names/index.js';
import {
  dueSnapshots,
  newestSnapshot,
  parseSnapshot,
  type SnapshotPeriod,
  snapshotAt,
  snapshotConfig,
  snapshotPeriods,
  snapshotsBetween,
  splitSnapshotConfig,
} from '../../../src/core/snapshots/index.js';

const period = fc.constantFrom(...snapshotPeriods);
const time = fc.date({
  min: new Date('1971-01-01T00:00:00Z'),
  max: new Date('2998-12-31T00:00:00Z'),
  noInvalidDate: true,
});

/** `2026-11-21T00:00:00.000Z 2026-11-22T00:00:00.000Z` */
function range(of: SnapshotPeriod, name: string): string {
  const { from, to } = parseSnapshot(of, name);
  return `${from.toISOString()} ${to.toISOString()}`;
}

describe('a snapshot', () => {
  it('is named for its period of UTC, and stands for its end', () => {
    assert.equal(range('hourly', '20261121T23'), '2026-11-21T23:00:00.000Z 2026-11-22T00:00:00.000Z');
    assert.equal(range('daily', '20261231'), '2026-12-31T00:00:00.000Z 2027-01-01T00:00:00.000Z');
    assert.equal(range('weekly', '20261116'), '2026-11-16T00:00:00.000Z 2026-11-23T00:00:00.000Z');
    assert.equal(range('monthly', '202602'), '2026-02-01T00:00:00.000Z 2026-03-01T00:00:00.000Z');
  });

  it('knows leap years and the ends of months', () => {
    assert.equal(range('daily', '20280229'), '2028-02-29T00:00:00.000Z 2028-03-01T00:00:00.000Z');
    assert.equal(range('monthly', '200002'), '2000-02-01T00:00:00.000Z 2000-03-01T00:00:00.000Z');
    for (const name of [
      '20270229',
      '21000229',
      '20260431',
      '20261301',
      '20260100',
      '00000101',
      '2026112',
      '2026-11-21',
    ]) {
      assert.throws(() => parseSnapshot('daily', name), { code: 'NAME_INVALID', hint: /20261121/ }, name);
    }
    for (const name of ['202613', '202600', '2026', '20261121']) {
      assert.throws(() => parseSnapshot('monthly', name), { code: 'NAME_INVALID' }, name);
    }
    assert.throws(() => parseSnapshot('hourly', '20261121T24'), { code: 'NAME_INVALID' });
  });

  it('of a week is named for its Monday, and the error says which', () => {
    for (const [day, monday] of [
      ['20261121', '20261116'],
      ['20261122', '20261116'],
      ['20270101', '20261228'],
      ['20280229', '20280228'],
    ] as const) {
      assert.throws(() => parseSnapshot('weekly', day), { code: 'NAME_INVALID', hint: new RegExp(monday) });
      assert.equal(snapshotAt('weekly', parseSnapshot('daily', day).from).name, monday);
      assert.equal(new Date(parseSnapshot('weekly', monday).from).getUTCDay(), 1);
    }
  });

  it('is found again by its name, and holds the time that it was found by', () => {
    fc.assert(
      fc.property(period, time, (of, at) => {
        const found = snapshotAt(of, at);
        assert.deepEqual(parseSnapshot(of, found.name), found);
        assert.ok(found.from <= at && at < found.to);
        assert.ok(isConfigName(found.name));
        // The periods are a partition of time: where one ends the next begins.
        assert.deepEqual(snapshotAt(of, found.to).from, found.to);
        assert.equal(snapshotAt(of, new Date(found.to.getTime() - 1)).name, found.name);
      }),
    );
  });

  it('is one of the years that anybody has data of', () => {
    assert.throws(() => snapshotAt('daily', new Date('1969-12-31T23:59:59Z')), { code: 'USAGE' });
    assert.throws(() => snapshotAt('daily', new Date('3000-01-01T00:00:00Z')), { code: 'USAGE' });
    assert.throws(() => snapshotAt('daily', new Date(Number.NaN)), { code: 'USAGE', message: /no time/ });
  });
});

describe('snapshots of a range', () => {
  it('are those whose whole period lies in it, oldest first', () => {
    const names = (of: SnapshotPeriod, from: string, to: string) =>
      snapshotsBetween(of, new Date(from), new Date(to)).map(({ name }) => name);
    assert.deepEqual(names('daily', '2028-02-28', '2028-03-02'), ['20280228', '20280229', '20280301']);
    assert.deepEqual(names('daily', '2026-11-20T00:00:01Z', '2026-11-22T23:59:59Z'), ['20261121']);
    assert.deepEqual(names('weekly', '2026-11-01', '2026-11-30'), ['20261102', '20261109', '20261116', '20261123']);
    assert.deepEqual(names('monthly', '2026-11-01', '2027-02-28'), ['202611', '202612', '202701']);
    assert.deepEqual(names('hourly', '2026-11-21T22:30:00Z', '2026-11-22T01:00:00Z'), ['20261121T23', '20261122T00']);
    assert.deepEqual(names('daily', '2026-11-22', '2026-11-20'), []);
  });

  it('follow each other without a gap, from the first that begins in it to the last that ends in it', () => {
    fc.assert(
      fc.property(period, time, fc.integer({ min: 0, max: 40 * 86_400_000 }), (of, from, length) => {
        const to = new Date(from.getTime() + length);
        const found = snapshotsBetween(of, from, to);
        for (const [index, { to: end }] of found.entries()) {
          const next = found[index + 1];
          if (next !== undefined) assert.deepEqual(next.from, end);
        }
        const first = found[0];
        const last = found.at(-1);
        if (first === undefined || last === undefined) return;
        assert.ok(first.from >= from && snapshotAt(of, new Date(first.from.getTime() - 1)).from < from);
        assert.ok(last.to <= to && snapshotAt(of, last.to).to > to);
      }),
      { numRuns: 50 },
    );
  });

  it('are refused where a year is mistyped', () => {
    assert.throws(() => snapshotsBetween('hourly', new Date('1970-01-01'), new Date('2999-01-01')), {
      code: 'USAGE',
      message: /more than 1000000 hourly snapshots/,
    });
  });
});

describe('the snapshots that are due', () => {
  const due = (published: readonly string[], now: string, since?: string) =>
    dueSnapshots('daily', published, new Date(now), since === undefined ? undefined : new Date(since)).map(
      ({ name }) => name,
    );

  it('are the newest one that is over, and what was missed since the oldest that is there', () => {
    assert.deepEqual(due([], '2026-11-21T03:00:00Z'), ['20261120']);
    assert.deepEqual(due(['20261117', '20261119'], '2026-11-21T03:00:00Z'), ['20261118', '20261120']);
    assert.deepEqual(due(['20261117'], '2026-11-21T00:00:00Z', '2026-11-19T00:00:00Z'), ['20261119', '20261120']);
    assert.deepEqual(due(['20261120'], '2026-11-21T23:59:59.999Z'), []);
    assert.deepEqual(due(['20261120'], '2026-11-22T00:00:00Z'), ['20261121']);
    assert.deepEqual(due(['men', '202611', '20261120'], '2026-11-21T03:00:00Z'), []);
  });

  it('are none once they are built, whenever one looks', () => {
    fc.assert(
      fc.property(period, time, fc.integer({ min: 0, max: 20 * 86_400_000 }), (of, first, later) => {
        const there = [newestSnapshot(of, first).name];
        const now = new Date(first.getTime() + later);
        const missing = dueSnapshots(of, there, now);
        assert.ok(missing.every(({ to }) => to <= now));
        assert.deepEqual(dueSnapshots(of, [...there, ...missing.map(({ name }) => name)], now), []);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the config of a snapshot', () => {
  const plain = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_+.-]{0,20}$/);

  it('names the snapshot, and the config behind a dot', () => {
    assert.equal(snapshotConfig('20261121'), '20261121');
    assert.equal(snapshotConfig('20261121', 'men'), '20261121.men');
    assert.throws(() => snapshotConfig('20261121', '1.2'), { code: 'NAME_INVALID' });
    fc.assert(
      fc.property(period, time, fc.option(plain, { nil: undefined }), (of, at, config) => {
        const { name } = snapshotAt(of, at);
        assert.deepEqual(splitSnapshotConfig(snapshotConfig(name, config)), { snapshot: name, config });
      }),
    );
  });

  it('is told from a config that is none', () => {
    for (const config of ['men', 'v2', '20261350', '12345678', '100012', '20261121men', undefined]) {
      assert.deepEqual(splitSnapshotConfig(config), { snapshot: undefined, config });
    }
    fc.assert(
      fc.property(plain, (config) => {
        assert.deepEqual(splitSnapshotConfig(config), { snapshot: undefined, config });
      }),
    );
  });
});
