import type { Storage } from '../../storage/index.js';
import type { Clock } from './clock.js';

/** Counts in an object for as long as its owner lives: whoever watches sees that it does, whatever the clocks say. */
export class Heartbeat {
  readonly #stopped = new AbortController();
  readonly #beating: Promise<void>;

  constructor(storage: Storage, path: string, milliseconds: number, clock: Clock) {
    this.#beating = this.#beat(storage, path, milliseconds, clock);
  }

  /** Waits for a beat that is under way. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#beating;
  }

  async #beat(storage: Storage, path: string, milliseconds: number, clock: Clock): Promise<void> {
    const { signal } = this.#stopped;
    for (let count = 1; ; count++) {
      await clock.sleep(milliseconds, { signal, keepsAlive: false });
      if (signal.aborted) return;
      // A beat that fails (a full disk, a network that is away) must not fail the build: the next one may succeed.
      await storage.write(path, `${count}\n`).catch(() => undefined);
    }
  }
}
