import type { RunClock } from '../../src/schedule/index.js';

/** Time that passes when somebody sleeps: a pause takes none, and is noted. */
export class FakeClock implements RunClock {
  /** Of retries, in seconds, in the order in which they began. */
  readonly pauses: number[] = [];
  #now: number;

  constructor(now: Date) {
    this.#now = now.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  async sleep(milliseconds: number): Promise<void> {
    this.pauses.push(milliseconds / 1000);
    this.#now += milliseconds;
  }
}
