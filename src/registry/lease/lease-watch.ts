import type { Storage } from '../../storage/index.js';
import { generationPath, newestGeneration } from '../generations.js';
import type { LeaseSetting } from './lease-options.js';
import { type LeaseRecord, parseLeaseRecord } from './lease-record.js';

/** What is seen of a lease at one moment. */
export interface LeaseView {
  /** Of the generation that counts; 0 where there is none. */
  readonly number: number;
  readonly record: LeaseRecord | undefined;
  /** `free`: nobody works. `held`: somebody does, as far as can be seen. `dead`, `silent`: its holder is gone for certain, or by its heart. */
  readonly state: 'free' | 'held' | 'dead' | 'silent';
}

/**
 * Watches a lease for one who wants it.
 *
 * The clock of the holder means nothing: what counts is for how long this watcher has looked, by its own clock, and seen the heart not beat. Time
 * in which it did not look (it was stopped itself) doesn't count.
 */
export class LeaseWatch {
  readonly #storage: Storage;
  readonly #path: string;
  readonly #setting: LeaseSetting;
  #seen = '';
  #lookedAt = 0;
  #silence = 0;
  #stirred = false;

  constructor(storage: Storage, path: string, setting: LeaseSetting) {
    this.#storage = storage;
    this.#path = path;
    this.#setting = setting;
  }

  /** Whether anything was seen to change: the holder's heart has beaten, or the lease has changed hands. */
  get hasStirred(): boolean {
    return this.#stirred;
  }

  async look(): Promise<LeaseView> {
    const newest = await newestGeneration(this.#storage, this.#path);
    if (newest === undefined) return { number: 0, record: undefined, state: 'free' };
    const { number } = newest;
    const record = parseLeaseRecord(newest.content);
    if (record.kind === 'released' || record.process === undefined) return { number, record, state: 'free' };
    const life = this.#setting.lifeOf(record.process);
    if (life === 'alive') return { number, record, state: 'held' };
    if (life === 'dead') return { number, record, state: 'dead' };
    const { silentMilliseconds, rebootedMilliseconds } = this.#setting.timings;
    const silence = this.#observe(`${number} ${record.id} ${await this.#beats(number)}`);
    const limit = life === 'rebooted' ? Math.min(rebootedMilliseconds, silentMilliseconds) : silentMilliseconds;
    return { number, record, state: silence >= limit ? 'silent' : 'held' };
  }

  /** For how long the same was seen, in milliseconds. */
  #observe(seen: string): number {
    const now = this.#setting.clock.now();
    if (seen === this.#seen) {
      const longest = 2 * this.#setting.timings.pollMilliseconds;
      this.#silence += Math.min(now - this.#lookedAt, longest);
    } else {
      this.#stirred = this.#seen !== '';
      this.#seen = seen;
      this.#silence = 0;
    }
    this.#lookedAt = now;
    return this.#silence;
  }

  async #beats(number: number): Promise<string> {
    const beats = await this.#storage.read(generationPath(this.#path, number, 'heartbeat'));
    return beats === undefined ? '' : Buffer.from(beats).toString('utf8');
  }
}
