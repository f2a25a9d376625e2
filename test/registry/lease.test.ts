import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetName } from '../../src/core/names/index.js';
import {
  acquireLease,
  type LeaseOptions,
  listStagedBuilds,
  openRegistry,
  publish,
  stageVersion,
  takeFreeLease,
  writeMetadata,
} from '../../src/registry/index.js';
import { LocalStorage } from '../../src/storage/index.js';
import { ManualClock, WaitingClock } from './lease-clocks.js';
import { makeShards } from './make-version.js';

const hours = 3_600_000;
const elsewhere = { pid: 7, host: 'elsewhere', space: 'boot/ns', startTicks: '1' };
const timings = { heartbeatMilliseconds: 10_000, silentMilliseconds: 60_000, pollMilliseconds: 1_000 };

describe('a lease', () => {
  let directory = '';
  let storage = new LocalStorage('/');
  const about = (who: string): Pick<LeaseOptions, 'about'> => ({ about: async () => ({ who }) });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ailab-lease-'));
    storage = new LocalStorage(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  for (const skew of [-5 * hours, 5 * hours]) {
    it(`of a process elsewhere, whose clock is ${skew / hours} hours off, is kept while its heart beats and taken when it stops`, async () => {
      const holderClock = new ManualClock(1e9 + skew);
      const held = await acquireLease(storage, 'l', {
        ...about('first'),
        clock: holderClock,
        process: elsewhere,
        timings,
      });
      let stopsAt = Number.POSITIVE_INFINITY;
      const clock = new WaitingClock(1e9, async (milliseconds) => {
        if (clock.time < stopsAt) {
          holderClock.advance(milliseconds);
          await holderClock.settled();
        }
        // What the file says of time is the holder's as well.
        for (const name of readdirSync(join(directory, 'l')).filter((file) => file.endsWith('.heartbeat'))) {
          const skewed = new Date(Date.now() + skew);
          utimesSync(join(directory, 'l', name), skewed, skewed);
        }
        if (clock.time - 1e9 === 600_000) stopsAt = clock.time;
      });
      const told: unknown[] = [];
      const taken = await acquireLease(storage, 'l', {
        ...about('second'),
        ...{ clock, timings },
        onWaiting: ({ process, about: what }) => told.push([process.host, process.pid, what['who']]),
      });
      assert.deepEqual(told, [['elsewhere', 7, 'first']]);
      const waited = clock.time - stopsAt;
      assert.ok(waited >= 50_000 && waited <= 75_000, `taken ${waited} ms after the heart stopped`);
      await assert.rejects(held.startPublishing({}), { code: 'LEASE_LOST' });
      await held.release();
      assert.equal(await taken.isHeld(), true);
      await taken.release();
    });
  }

  it('is not taken by one who slept and saw nothing meanwhile', async () => {
    const holderClock = new ManualClock(0);
    await acquireLease(storage, 'l', { ...about('first'), clock: holderClock, process: elsewhere, timings });
    const stop = new AbortController();
    let looks = 0;
    const clock = new WaitingClock(0, async () => {
      // Its machine is put to sleep for an hour after each look, and wakes before the holder's heart beats again.
      clock.time += hours;
      if (++looks % 10 === 0) holderClock.advance(10_000);
      if (looks === 60) stop.abort();
      await holderClock.settled();
    });
    const waiting = acquireLease(storage, 'l', { ...about('second'), clock, timings, signal: stop.signal });
    await assert.rejects(waiting, { code: 'INTERRUPTED' });
    assert.equal(looks, 60);
  });

  it('of a process on this machine is taken as soon as it is gone, and not while it lives', async () => {
    const holder = fork(join(import.meta.dirname, 'lease-process.js'), [directory, 'l']);
    await once(holder, 'message');
    assert.equal(await takeFreeLease(storage, 'l', about('me')), undefined);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    // Were it waited for, the test would not end in time.
    const taken = await acquireLease(storage, 'l', { ...about('me'), timings: { pollMilliseconds: 60_000 } });
    await taken.release();
  });

  it('goes to one of many who want it from a dead holder', async () => {
    const holderClock = new ManualClock(0);
    await acquireLease(storage, 'l', { ...about('dead'), clock: holderClock, process: { ...elsewhere, host: 'x' } });
    const lifeOf = () => 'dead' as const;
    const takers = await Promise.all(
      Array.from({ length: 16 }, (_, number) => takeFreeLease(storage, 'l', { ...about(`${number}`), lifeOf })),
    );
    assert.equal(takers.filter((taker) => taker !== undefined).length, 1);
  });

  it('is either published under or taken over, never both', async () => {
    const lifeOf = () => 'dead' as const;
    let published = 0;
    for (let round = 0; round < 30; round++) {
      const path = `l${round}`;
      const holder = await acquireLease(storage, path, { ...about('holder'), clock: new ManualClock(0) });
      const [outcome, taker] = await Promise.all([
        holder.startPublishing({ who: 'holder' }).then(
          () => 'published',
          (error: { code: string }) => error.code,
        ),
        takeFreeLease(storage, path, { ...about('taker'), lifeOf, clock: new ManualClock(0) }),
      ]);
      if (outcome === 'published') published += 1;
      else assert.equal(outcome, 'LEASE_LOST');
      // Whoever takes it from one who publishes has to end that, and learns what it is.
      if (taker !== undefined)
        assert.deepEqual(taker.unfinished, outcome === 'published' ? { who: 'holder' } : undefined);
      else assert.equal(outcome, 'published');
    }
    assert.ok(published > 0);
  });

  it('is lost for one who slept while it changed hands many times, although its old generations are gone', async () => {
    const clock = new ManualClock(0);
    const sleeper = await acquireLease(storage, 'l', { ...about('sleeper'), clock });
    for (let hand = 0; hand < 5; hand++) {
      const lease = await takeFreeLease(storage, 'l', { ...about(`${hand}`), lifeOf: () => 'dead', clock });
      assert.ok(lease !== undefined);
      await lease.release();
    }
    assert.deepEqual(readdirSync(join(directory, 'l')), ['00000011.json']);
    await assert.rejects(sleeper.startPublishing({}), { code: 'LEASE_LOST' });
    assert.ok((await takeFreeLease(storage, 'l', about('next'))) !== undefined);
  });

  it('hides a version that is being published in a bucket from those who read the bucket through a mount', async () => {
    const place = join(directory, 'numbers/1.0.0');
    mkdirSync(place, { recursive: true });
    for (const file of ['dataset_info.json', 'features.json']) writeFileSync(join(place, file), '{}');
    const versions = () => openRegistry(directory).listVersions('numbers' as DatasetName);
    assert.deepEqual(await versions(), ['1.0.0']);
    const lease = await acquireLease(storage, '.leases/numbers/1.0.0', about('me'));
    await lease.startPublishing({});
    assert.deepEqual(await versions(), []);
    await lease.release();
    assert.deepEqual(await versions(), ['1.0.0']);
  });

  it('refuses a build that was stopped, taken for dead, and wakes up when another has published', async () => {
    const stopped = fork(join(import.meta.dirname, 'publish-process.js'), [directory, 'stopped', '--wait']);
    await once(stopped, 'message');
    stopped.send('go');
    await once(stopped, 'message');
    stopped.kill('SIGSTOP');
    const registry = openRegistry(directory);
    assert.equal((await listStagedBuilds(registry))[0]?.state, 'running');
    const target = { name: 'numbers', config: 'small', version: '1.0.0' };
    const lease = { lifeOf: () => 'unknown' as const, timings: { silentMilliseconds: 300, pollMilliseconds: 50 } };
    const staged = await stageVersion(registry, target, { lease });
    await writeMetadata(staged, await makeShards(staged, 'other'));
    stopped.kill('SIGCONT');
    stopped.send('publish');
    const [answer] = (await once(stopped, 'message')) as [{ outcome: string }];
    assert.equal(answer.outcome, 'LEASE_LOST');
    await publish(staged);
    await assert.rejects(stageVersion(registry, target), { code: 'VERSION_EXISTS' });
  });
});
