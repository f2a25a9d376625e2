import { DatasetsError } from '../../core/errors/index.js';

/** Where one batch of elements lies. */
export interface FanOutBatch {
  /** Index among the producers' files. */
  readonly producer: number;
  /** Its number among the batches of the producer's unit, whichever files they lie in. */
  readonly index: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Enough for 2^18 batches, which grow with their number (see fan-out-writer.ts). Pages that are not touched take no memory. */
const maxBatches = 1 << 18;
const headerWords = 4;
const wordsPerBatch = 5;
/** Words of the header. */
const published = 0;
const claimed = 1;
const closed = 2;
/** How long a waiting worker sleeps before it looks whether the build was stopped. */
const waitMilliseconds = 50;

/**
 * Hands batches from producers to whichever worker is free, through shared memory: the batches themselves lie in files, so that a slow consumer
 * costs disk instead of memory, and a producer never waits.
 *
 * Which worker gets a batch is chance; nothing that a build writes depends on it.
 */
export class FanOutQueue {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;

  static create(): FanOutQueue {
    return new FanOutQueue(new SharedArrayBuffer((headerWords + maxBatches * wordsPerBatch) * 4));
  }

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
  }

  publish(batch: FanOutBatch): void {
    const index = Atomics.add(this.#words, published, 1);
    if (index >= maxBatches) {
      throw new DatasetsError('UNSUPPORTED', `fanOut got more than ${maxBatches} batches`, {
        hint: 'Use reshuffle instead: it spreads any number of elements over all workers.',
      });
    }
    const at = headerWords + index * wordsPerBatch;
    this.#words[at + 1] = batch.producer;
    this.#words[at + 2] = batch.offset % 2 ** 31;
    this.#words[at + 3] = Math.floor(batch.offset / 2 ** 31);
    this.#words[at + 4] = batch.index;
    // The length comes last: a batch is there once it has one.
    Atomics.store(this.#words, at, batch.bytes);
    Atomics.notify(this.#words, at);
  }

  /** No more batches will come. */
  close(): void {
    Atomics.store(this.#words, closed, 1);
    const waitingAt = headerWords + Math.min(Atomics.load(this.#words, published), maxBatches - 1) * wordsPerBatch;
    for (let at = waitingAt; at < this.#words.length && at < waitingAt + 1024; at += wordsPerBatch)
      Atomics.notify(this.#words, at);
  }

  /**
   * The next batch that nobody has; waits for it, blocking this thread. Undefined when all are done.
   *
   * @param look called while waiting; it throws when the build was stopped.
   */
  claim(look: () => void): FanOutBatch | undefined {
    const index = Atomics.add(this.#words, claimed, 1);
    if (index >= maxBatches) return undefined;
    const at = headerWords + index * wordsPerBatch;
    for (;;) {
      const bytes = Atomics.load(this.#words, at);
      if (bytes > 0) return this.#batch(at, bytes);
      if (Atomics.load(this.#words, closed) === 1 && index >= Atomics.load(this.#words, published)) return undefined;
      look();
      Atomics.wait(this.#words, at, 0, waitMilliseconds);
    }
  }

  #batch(at: number, bytes: number): FanOutBatch {
    const [producer, low, high, index] = [
      this.#words[at + 1] as number,
      this.#words[at + 2] as number,
      this.#words[at + 3] as number,
      this.#words[at + 4] as number,
    ];
    return { producer, index, offset: high * 2 ** 31 + low, bytes };
  }
}
