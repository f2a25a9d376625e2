import { RecordBuffer } from '../shuffle/record-buffer.js';
import { SpillFile } from '../shuffle/spill-file.js';
import type { FanOutQueue } from './fan-out-queue.js';

const batchBytes = 1 << 18;
const batchElements = 256;
/** After this many batches of one source shard, twice as many elements go into each. */
const batchesPerSize = 1 << 13;

/** Writes elements in batches that a function of the source alone cuts, and offers each batch to all workers. */
export class FanOutWriter {
  readonly #file: SpillFile;
  readonly #queue: FanOutQueue;
  readonly #producer: number;
  readonly #keyed: boolean;
  readonly #buffer = new RecordBuffer(batchBytes);
  #batches = 0;

  constructor(file: string, queue: FanOutQueue, producer: number, keyed: boolean) {
    this.#file = new SpillFile(file);
    this.#queue = queue;
    this.#producer = producer;
    this.#keyed = keyed;
  }

  add(value: unknown, key: unknown): void {
    if (this.#keyed) this.#buffer.addPair(key, value);
    else this.#buffer.addElement(value);
    const scale = 2 ** Math.floor(this.#batches / batchesPerSize);
    if (this.#buffer.count >= batchElements * scale || this.#buffer.length >= batchBytes * Math.min(scale, 64))
      this.#flush();
  }

  finish(): void {
    this.#flush();
    this.#file.close();
  }

  abort(): void {
    this.#file.remove();
  }

  #flush(): void {
    const { bytes, length, count } = this.#buffer;
    if (count === 0) return;
    const offset = this.#file.bytes;
    this.#file.append(bytes.subarray(0, length));
    this.#queue.publish({ producer: this.#producer, offset, bytes: length });
    this.#buffer.clear();
    this.#batches++;
  }
}
