import type { LocalStorage } from '../storage/index.js';

const heartbeatMilliseconds = 10_000;
/** A build whose heart has not beaten for so long is taken for dead where its process can't be looked up. Long, because a synchronous engine may hold its thread for minutes. */
export const silentAfterMilliseconds = 30 * 60_000;

/** Touches a file every ten seconds for as long as the build lives. */
export class Heartbeat {
  readonly #storage: LocalStorage;
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  #beating: Promise<void> = Promise.resolve();
  #stopped = false;

  private constructor(storage: LocalStorage, path: string) {
    this.#storage = storage;
    this.#path = path;
    this.#timer = setInterval(() => this.#beat(), heartbeatMilliseconds);
    this.#timer.unref();
  }

  static async start(storage: LocalStorage, path: string): Promise<Heartbeat> {
    await storage.write(path, '', { sync: false });
    return new Heartbeat(storage, path);
  }

  /** Waits for a beat that is under way, so that nothing is written into a directory that is being removed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#beating;
  }

  /** A beat that fails (a full disk) must not fail the build: the next one may succeed, and the build itself will meet the fault. */
  #beat(): void {
    this.#beating = this.#beating
      .then(() => (this.#stopped ? undefined : this.#storage.touch(this.#path)))
      .catch(() => undefined);
  }
}
