import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { currentProcess, isAlive, type ProcessIdentity } from '../registry/index.js';
import { storageError, systemErrorCode } from '../storage/index.js';

export interface HostLockOptions<T> {
  /** The lock: an absolute path that names what is made. */
  readonly file: string;
  /** What the lock's holder makes, once it is there. Asked again and again by those who wait. */
  readonly finished: () => Promise<T | undefined>;
  /** Makes it. Only the lock's holder does. */
  readonly work: () => Promise<T>;
  readonly signal?: AbortSignal | undefined;
  /** Called once, when another process is found at work. */
  readonly onWait?: (() => void) | undefined;
}

const heartbeatMilliseconds = 5_000;
/** A holder that can't be looked up (it runs in another container) is taken for dead after so long without a heartbeat. */
const silentMilliseconds = 60_000;
const firstWaitMilliseconds = 20;
const longestWaitMilliseconds = 250;

/**
 * Lets one process of this host do a piece of work, while the others wait for what it makes. When its process dies, one of them takes over.
 *
 * The lock is a file that is created if it is absent; flock fails on network file systems. In a narrow race of two takeovers both may work at once: what
 * is made must stand that, as a download does that ends with a rename. It is no lease: nobody is kept from publishing by it.
 *
 * @throws DatasetsError STORAGE_FAILED, STORAGE_FULL; the signal's reason; whatever `work` throws.
 */
export async function withHostLock<T>(options: HostLockOptions<T>): Promise<T> {
  const { file, finished, work, signal } = options;
  const heart = new HeartWatch();
  let isWaiting = false;
  for (let wait = firstWaitMilliseconds; ; wait = Math.min(wait * 1.5, longestWaitMilliseconds)) {
    const made = await finished();
    if (made !== undefined) return made;
    signal?.throwIfAborted();
    const held = await take(file);
    if (held !== undefined) return hold(file, held, async () => (await finished()) ?? work());
    if (await removeDead(file, heart)) continue;
    if (!isWaiting) options.onWait?.();
    isWaiting = true;
    await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** @returns the text by which this process knows its lock, or undefined where somebody has it. */
async function take(file: string): Promise<string | undefined> {
  const text = JSON.stringify({ process: currentProcess(), nonce: randomUUID() });
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' });
    return text;
  } catch (cause) {
    if (systemErrorCode(cause) === 'EEXIST') return undefined;
    throw storageError(cause, 'create', file);
  }
}

async function hold<T>(file: string, text: string, work: () => Promise<T>): Promise<T> {
  const beat = setInterval(() => {
    const now = new Date();
    // A beat that fails is followed by another one; at worst the work is done twice.
    utimes(file, now, now).catch(() => undefined);
  }, heartbeatMilliseconds);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await readLock(file))?.text === text) await rm(file, { force: true });
  }
}

/** Removes a lock whose holder is dead. Returns whether it is worth trying again at once. */
async function removeDead(file: string, heart: HeartWatch): Promise<boolean> {
  const lock = await readLock(file);
  if (lock === undefined) return true;
  const alive = lock.process === undefined ? undefined : isAlive(lock.process);
  if (alive ?? !heart.isSilent(lock)) return false;
  // Whoever renames it removes it; of two only one can.
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    // Somebody may have removed the dead one just before, and taken the lock: it gets its lock back.
    if ((await readFile(aside, 'utf8')) !== lock.text) await copyFile(aside, file, constants.COPYFILE_EXCL);
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw storageError(cause, 'take over', file);
  }
  await rm(aside, { force: true });
  return true;
}

interface Lock {
  readonly text: string;
  /** Undefined when its holder died while it wrote it. */
  readonly process: ProcessIdentity | undefined;
  readonly modified: number;
}

async function readLock(file: string): Promise<Lock | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return { text, process: processIn(text), modified: mtimeMs };
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return undefined;
    throw storageError(cause, 'read', file);
  }
}

function processIn(text: string): ProcessIdentity | undefined {
  try {
    return (JSON.parse(text) as { readonly process?: ProcessIdentity }).process;
  } catch {
    // Its holder was killed while it wrote it.
    return undefined;
  }
}

/** Watches whether a lock's time changes, by this process's clock: another machine's clock may differ. */
class HeartWatch {
  #seen = '';
  #since = 0;

  isSilent({ text, modified }: Lock): boolean {
    const seen = `${modified} ${text}`;
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#since = performance.now();
    }
    return performance.now() - this.#since > silentMilliseconds;
  }
}
