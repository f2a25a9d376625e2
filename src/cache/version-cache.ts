import { utimes } from 'node:fs/promises';
import { LocalStorage, RequestLimit, storageError, systemErrorCode } from '../storage/index.js';
import { CacheLimit } from './cache-limit.js';
import { CacheProcess } from './cache-process.js';

/** Where copies of remote versions are kept, and how much of them. A configuration has both. */
export interface CacheSettings {
  /** Absolute. */
  readonly cacheDirectory: string;
  /** What is kept at most; least recently used goes first, and nothing that is in use. */
  readonly cacheBytes: number;
}

/** Enough to fill a fast network with shards of tens of MiB; more would only make the first one later. */
const parallelDownloads = 8;

/** A cache's directory, as this process uses it. All versions that are opened here share its pins, its limit and its downloads. */
export class VersionCache {
  static readonly #known = new Map<string, VersionCache>();

  readonly storage: LocalStorage;
  readonly process: CacheProcess;
  readonly limit: CacheLimit;
  readonly downloads = new RequestLimit(parallelDownloads);
  /** Files that are being looked up or fetched, by their place. */
  readonly inFlight = new Map<string, Promise<string>>();

  private constructor({ cacheDirectory, cacheBytes }: CacheSettings) {
    this.storage = new LocalStorage(cacheDirectory);
    this.process = CacheProcess.of(this.storage.location);
    this.limit = new CacheLimit(this.storage, cacheBytes);
  }

  static of(settings: CacheSettings): VersionCache {
    const key = `${settings.cacheBytes} ${settings.cacheDirectory}`;
    const known = VersionCache.#known.get(key) ?? new VersionCache(settings);
    VersionCache.#known.set(key, known);
    return known;
  }

  /**
   * Notes that a file is used now: its time is what says how long it was not.
   *
   * @returns whether it is there.
   */
  async use(place: string): Promise<boolean> {
    const file = this.storage.absolute(place);
    try {
      const now = new Date();
      await utimes(file, now, now);
      return true;
    } catch (cause) {
      const code = systemErrorCode(cause);
      if (code === 'ENOENT' || code === 'ENOTDIR') return false;
      throw storageError(cause, 'open', file);
    }
  }
}
