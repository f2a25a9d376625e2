import assert from 'node:assert/strict';
import { DatasetsError } from '../../src/core/errors/index.js';
import type { RunClock } from '../../src/schedule/index.js';
import { withTimeLimit } from '../../src/schedule/run/time-limit.js';

/** Time that passes when a test says so. */
class HandClock implements RunClock {
  readonly #waiting = new Set<{ readonly milliseconds: number; readonly wake: () => void }>();

  now(): Date {
    return new Date(0);
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = { milliseconds, wake: resolve };
      this.#waiting.add(waiting);
      signal.addEventListener('abort', () => {
        this.#waiting.delete(waiting);
        resolve();
      });
    });
  }

  get sleeps(): readonly number[] {
    return [...this.#waiting].map(({ milliseconds }) => milliseconds);
  }

  passAll(): void {
    for (const { wake } of this.#waiting) wake();
  }
}

/** Ends when it is told to, as a build does. */
function untilStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new DatasetsError('PREEMPTED', 'stopped', { cause: signal.reason })));
  });
}

describe('the time limit of a build', () => {
  const limit = { what: 'the build of users:1.0.0', signal: new AbortController().signal };

  it('stops it as a machine does that is taken away, and says what happened', async () => {
    const clock = new HandClock();
    let reason: unknown;
    const built = withTimeLimit({ ...limit, seconds: 5400, clock }, (signal) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
      return untilStopped(signal);
    });
    assert.deepEqual(clock.sleeps, [5_400_000]);
    clock.passAll();
    await assert.rejects(built, { code: 'BUILD_TIMED_OUT', message: /users:1\.0\.0 took longer than .* 90 minutes/ });
    assert.ok(reason instanceof DatasetsError && reason.code === 'PREEMPTED');
  });

  it('stands still while it waits for another build', async () => {
    const clock = new HandClock();
    const built = await withTimeLimit({ ...limit, seconds: 60, clock }, async (signal, time) => {
      time.stop();
      assert.deepEqual(clock.sleeps, []);
      clock.passAll();
      time.goOn();
      time.goOn();
      assert.deepEqual(clock.sleeps, [60_000]);
      return signal.aborted;
    });
    assert.equal(built, false);
    assert.deepEqual(clock.sleeps, []);
  });

  it('is none where the class has none, and leaves other errors as they are', async () => {
    const clock = new HandClock();
    const failed = new RangeError('no luck');
    await assert.rejects(
      withTimeLimit({ ...limit, seconds: undefined, clock }, () => {
        assert.deepEqual(clock.sleeps, []);
        return Promise.reject(failed);
      }),
      (error) => error === failed,
    );
  });
});
