import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/registry/index.js';

/** A clock that a test moves. */
export class ManualClock implements Clock {
  #time: number;
  readonly #sleepers = new Set<{ readonly until: number; wake(): void }>();

  constructor(start: number) {
    this.#time = start;
  }

  now(): number {
    return this.#time;
  }

  sleep(milliseconds: number, { signal }: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { until: this.#time + milliseconds, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Waits until somebody sleeps again: what it did when it woke is done. */
  async settled(): Promise<void> {
    while (this.#sleepers.size === 0) await nextTurn();
  }

  advance(milliseconds: number): void {
    this.#time += milliseconds;
    for (const sleeper of [...this.#sleepers]) if (sleeper.until <= this.#time) sleeper.wake();
  }
}

/** The clock of one who waits: its time goes on while it sleeps, and the test does something meanwhile. */
export class WaitingClock implements Clock {
  time: number;
  readonly #meanwhile: (milliseconds: number) => unknown;

  constructor(start: number, meanwhile: (milliseconds: number) => unknown = () => undefined) {
    this.time = start;
    this.#meanwhile = meanwhile;
  }

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    await this.#meanwhile(milliseconds);
    await nextTurn();
  }
}
