import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A memory cgroup (version 1: kernel documentation, admin-guide/cgroup-v1/memory.rst; version 2: admin-guide/cgroup-v2.rst). Takes root. */
export class MemoryGroup {
  readonly directory: string;
  readonly #isFirstVersion: boolean;

  /** @param bytes what the processes in it may hold, their share of the page cache and of what waits to be written included. */
  constructor(bytes: number) {
    const first = '/sys/fs/cgroup/memory';
    this.#isFirstVersion = existsSync(join(first, 'memory.limit_in_bytes'));
    this.directory = join(this.#isFirstVersion ? first : '/sys/fs/cgroup', `ailab-soak-${process.pid}`);
    mkdirSync(this.directory);
    const limit = this.#isFirstVersion ? 'memory.limit_in_bytes' : 'memory.max';
    writeFileSync(join(this.directory, limit), String(bytes));
  }

  /** How many processes were killed for want of memory. */
  kills(): number {
    const file = join(this.directory, this.#isFirstVersion ? 'memory.oom_control' : 'memory.events');
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1]);
  }

  /** Its processes have ended. */
  remove(): void {
    rmdirSync(this.directory);
  }
}
