import type { LocalStorage } from '../storage/index.js';
import { pinnedFiles } from './cache-process.js';
import { cachedFiles } from './cached-tree.js';
import { planEviction } from './plan-eviction.js';

/** An eviction frees a little more than it must, so that the next file doesn't call for another one. */
const spareParts = 16;

/**
 * Keeps a cache below its limit. Other processes add to it as well: its files are counted anew each time that this one has added a sixteenth of the
 * limit, so that the limit is exceeded by no more than that for each process.
 */
export class CacheLimit {
  readonly #cache: LocalStorage;
  readonly #limitBytes: number;
  /** What the cache holds, as far as this process knows; undefined before it has looked. */
  #bytes: number | undefined;
  #unseenBytes = 0;
  #clearing: Promise<void> = Promise.resolve();

  constructor(cache: LocalStorage, limitBytes: number) {
    this.#cache = cache;
    this.#limitBytes = limitBytes;
  }

  /** Makes room for a file that is about to be written. What is in use stays, even if the cache exceeds its limit then. */
  async reserve(bytes: number): Promise<void> {
    this.#unseenBytes += bytes;
    const isKnown = this.#bytes !== undefined && this.#unseenBytes <= this.#limitBytes / spareParts;
    if (isKnown && (this.#bytes ?? 0) + this.#unseenBytes <= this.#limitBytes) return;
    // One after the other: the next one may find room already.
    this.#clearing = this.#clearing.catch(() => undefined).then(() => this.#clear());
    await this.#clearing;
  }

  async #clear(): Promise<void> {
    const coming = this.#unseenBytes;
    const files = await cachedFiles(this.#cache);
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes + coming > this.#limitBytes) {
      const wanted = this.#limitBytes - this.#limitBytes / spareParts;
      const going = planEviction(files, await pinnedFiles(this.#cache.location), bytes + coming - wanted);
      for (const file of going) await this.#cache.delete(file.place);
      bytes -= going.reduce((sum, file) => sum + file.bytes, 0);
    }
    this.#bytes = bytes + coming;
    this.#unseenBytes -= coming;
  }
}
