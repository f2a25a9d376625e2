import { createHash } from 'node:crypto';
import { encodeValue } from '../../values/index.js';
import { type UnitJournal, type UnitPart, writeUnit } from '../journal/unit-entry.js';
import type { TaskContext } from '../stage/task-context.js';
import { mergeResults } from './merge-results.js';
import type { FanOutProducer, StageResult } from './task.js';

/** The first parts are short, so that a young build loses little; later ones a sixteenth of what was done before, so that they stay few. */
const shortestMilliseconds = 250;
const longestMilliseconds = 30_000;
const shareOfElapsed = 1 / 16;
/** How often a part is tried to be closed where batches of mapBatches are half full, before it is left for later. */
const attempts = 8;

export interface TaskPartsOptions {
  readonly journal: UnitJournal;
  /** Begins the names of the entries. */
  readonly name: string;
  readonly firstPart: number;
  readonly context: TaskContext;
  /** What was made since the last part, written out and closed. */
  readonly take: () => StageResult;
  /** Forgets what was counted so far: in elements that are skipped, it was counted before. */
  readonly forget: () => void;
}

/**
 * Cuts a task that has no natural end in sight into parts, each of which is kept when the build is killed.
 *
 * Where it cuts is a matter of time, and changes no byte of the result: a part only ends where nothing is half-way, neither awaited nor in a batch.
 */
export class TaskParts {
  readonly #options: TaskPartsOptions;
  readonly #results: StageResult[] = [];
  readonly #started = performance.now();
  #number: number;
  #dueAt = performance.now() + shortestMilliseconds;
  #attempts = 0;
  /** Batches of a fan-out since the last part, by the unit that made them. */
  #batches = new Map<string, number[]>();
  #end: { readonly consumed: number; readonly lastKey: unknown } | undefined;

  constructor(options: TaskPartsOptions) {
    this.#options = options;
    this.#number = options.firstPart;
  }

  isDue(): boolean {
    return performance.now() >= this.#dueAt;
  }

  /**
   * To be called by the reader of a generator when a part is due: closes it if nothing is half-way.
   *
   * @returns how many elements to take before the next call; undefined for as many as the reader likes.
   */
  async afterElements(consumed: number, lastKey: unknown): Promise<number | undefined> {
    const { context } = this.#options;
    await context.drain(0);
    const missing = context.missingInBatches();
    if (missing === 0) {
      this.#closeGenerator(consumed, lastKey, false);
      return undefined;
    }
    if (++this.#attempts < attempts) return missing;
    this.#wait();
    return undefined;
  }

  /** To be called when what an earlier attempt had done was skipped. */
  skipped(): void {
    this.#options.forget();
  }

  endOfGenerator(consumed: number, lastKey: unknown): void {
    this.#end = { consumed, lastKey };
  }

  /** To be called when a batch of a fan-out was worked on to its end. */
  afterBatch({ unit }: FanOutProducer, index: number): void {
    const indexes = this.#batches.get(unit);
    if (indexes === undefined) this.#batches.set(unit, [index]);
    else indexes.push(index);
    if (this.isDue()) this.#closeBatches();
  }

  /** Closes the last part; gives what all parts of this task hold. */
  finish(): StageResult {
    if (this.#end === undefined) this.#closeBatches();
    else this.#closeGenerator(this.#end.consumed, this.#end.lastKey, true);
    return mergeResults(this.#results);
  }

  #closeBatches(): void {
    if (this.#batches.size === 0) return;
    const batches = [...this.#batches].map(([unit, indexes]) => ({ unit, indexes: Uint32Array.from(indexes).sort() }));
    this.#batches = new Map();
    this.#close({ kind: 'fanOut', batches });
  }

  #closeGenerator(consumed: number, lastKey: unknown, last: boolean): void {
    this.#close({ kind: 'generator', number: this.#number, consumed, lastKey: keyDigest(lastKey), last });
  }

  #close(part: UnitPart): void {
    const { journal, name, take } = this.#options;
    const result = take();
    writeUnit(journal, `${name}-${this.#number}`, result, part);
    this.#results.push(result);
    this.#number++;
    this.#wait();
  }

  #wait(): void {
    const now = performance.now();
    const share = (now - this.#started) * shareOfElapsed;
    this.#dueAt = now + Math.min(longestMilliseconds, Math.max(shortestMilliseconds, share));
    this.#attempts = 0;
  }
}

/** A digest, since keys may be private. */
export function keyDigest(key: unknown): string {
  return createHash('sha256')
    .update(encodeValue(key ?? null))
    .digest('hex')
    .slice(0, 16);
}
