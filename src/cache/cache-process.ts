import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { currentProcess, isAlive, type ProcessIdentity } from '../registry/index.js';
import { storageError, systemErrorCode } from '../storage/index.js';
import { cacheFolders } from './cache-layout.js';

const ownerFile = 'owner.json';
const pinsFile = 'pins.json';
/** A process that can't be looked up (it runs in another container) counts as alive for so long after it last changed its pins. */
const unknownAliveMilliseconds = 60 * 60_000;

/**
 * This process as a user of a cache's directory: it says which files it reads, so that no other process removes them, and has a folder for what it
 * downloads. Both go with the process, however it ends.
 */
export class CacheProcess {
  static readonly #known = new Map<string, CacheProcess>();

  /** Absolute. */
  readonly directory: string;
  readonly #cacheDirectory: string;
  /** How often each file is in use here, by its place in the cache's directory. */
  readonly #pins = new Map<string, number>();
  #entered: Promise<void> | undefined;
  #isStale = false;
  #saving: Promise<void> | undefined;

  private constructor(cacheDirectory: string) {
    this.#cacheDirectory = cacheDirectory;
    this.directory = join(cacheDirectory, cacheFolders.processes, `${process.pid}-${randomUUID().slice(0, 8)}`);
  }

  /** One for each cache directory: all that this process reads from it is one set of pins. */
  static of(cacheDirectory: string): CacheProcess {
    const known = CacheProcess.#known.get(cacheDirectory);
    if (known !== undefined) return known;
    if (CacheProcess.#known.size === 0) process.once('exit', () => CacheProcess.#leaveAll());
    const entered = new CacheProcess(cacheDirectory);
    CacheProcess.#known.set(cacheDirectory, entered);
    return entered;
  }

  static #leaveAll(): void {
    for (const { directory } of CacheProcess.#known.values()) {
      try {
        rmSync(directory, { recursive: true, force: true });
      } catch {
        // A download that goes on writes into it while it is removed; the next process that uses the cache removes the rest.
      }
    }
  }

  /** Says that a file is in use; others know it when this returns. */
  async pin(place: string): Promise<void> {
    await this.enter();
    const count = this.#pins.get(place) ?? 0;
    this.#pins.set(place, count + 1);
    if (count === 0) await this.#save();
  }

  unpin(place: string): void {
    const count = this.#pins.get(place) ?? 0;
    if (count > 1) {
      this.#pins.set(place, count - 1);
      return;
    }
    this.#pins.delete(place);
    // A pin that stays too long keeps a file in the cache, and nothing else.
    this.#save().catch(() => undefined);
  }

  /** A new absolute path for a file that is being downloaded. */
  async partialFile(): Promise<string> {
    await this.enter();
    return join(this.directory, randomUUID());
  }

  /** Makes this process's folder, and removes those of processes that are dead. */
  enter(): Promise<void> {
    this.#entered ??= this.#enter();
    return this.#entered;
  }

  async #enter(): Promise<void> {
    try {
      await mkdir(this.directory, { recursive: true });
      await writeFile(join(this.directory, ownerFile), JSON.stringify(currentProcess()));
    } catch (cause) {
      throw storageError(cause, 'write', this.directory);
    }
    await pinnedFiles(this.#cacheDirectory);
  }

  #save(): Promise<void> {
    this.#isStale = true;
    this.#saving ??= this.#saveAll().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  /** Pins that change while they are written are written once more. */
  async #saveAll(): Promise<void> {
    const file = join(this.directory, pinsFile);
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await writeFile(`${file}.new`, JSON.stringify([...this.#pins.keys()]));
        await rename(`${file}.new`, file);
      }
    } catch (cause) {
      throw storageError(cause, 'write', file);
    }
  }
}

/**
 * The places of all files that live processes have in use. What dead ones left (pins, parts of downloads) is removed on the way.
 *
 * @param cacheDirectory absolute.
 */
export async function pinnedFiles(cacheDirectory: string): Promise<ReadonlySet<string>> {
  const folder = join(cacheDirectory, cacheFolders.processes);
  const pinned = new Set<string>();
  for (const name of await foldersIn(folder)) {
    const directory = join(folder, name);
    if (await isInUse(directory)) {
      for (const place of await readPins(directory)) pinned.add(place);
    } else {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return pinned;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return [];
    throw storageError(cause, 'list', folder);
  }
}

async function isInUse(directory: string): Promise<boolean> {
  const owner = (await readJson(join(directory, ownerFile))) as ProcessIdentity | undefined;
  const alive = owner === undefined ? undefined : isAlive(owner);
  if (alive !== undefined) return alive;
  const { mtimeMs } = await stat(directory).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs < unknownAliveMilliseconds;
}

async function readPins(directory: string): Promise<readonly string[]> {
  const pins = await readJson(join(directory, pinsFile));
  return Array.isArray(pins) ? pins.filter((place) => typeof place === 'string') : [];
}

/** Undefined for a file that is not there (yet), or that a crash cut short. */
async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
