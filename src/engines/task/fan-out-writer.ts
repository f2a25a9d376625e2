import { crc32 } from 'node:zlib';
import { RecordBuffer } from '../shuffle/record-buffer.js';
import { SpillFile } from '../shuffle/spill-file.js';
import { FanOutQueue } from './fan-out-queue.js';
import type { FanOutTarget, WrittenBatches } from './task.js';

const batchBytes = 1 << 18;
const batchElements = 256;
/** After this many batches of one source shard, twice as many elements go into each. */
const batchesPerSize = 1 << 13;

export interface FanOutWriterOptions {
  readonly file: string;
  readonly output: number;
  readonly target: FanOutTarget;
  readonly keyed: boolean;
  /** How many batches an earlier attempt wrote of this unit. */
  readonly firstBatch: number;
}

/** Writes elements in batches that a function of the source alone cuts, and offers each batch to all workers, where they wait for it. */
export class FanOutWriter {
  readonly #file: SpillFile;
  readonly #queue: FanOutQueue | undefined;
  readonly #target: FanOutTarget;
  readonly #done: ReadonlySet<number>;
  readonly #output: number;
  readonly #keyed: boolean;
  readonly #buffer = new RecordBuffer(batchBytes);
  #batches: number;
  /** Since the last part: its first batch, where it lies, and sizes and sums of all. */
  #part: { readonly first: number; readonly offset: number; readonly bytes: number[]; readonly crc32: number[] };

  constructor({ file, output, target, keyed, firstBatch }: FanOutWriterOptions) {
    this.#file = new SpillFile(file);
    this.#queue = target.shared && new FanOutQueue(target.shared);
    this.#target = target;
    this.#done = new Set(target.done);
    this.#output = output;
    this.#keyed = keyed;
    this.#batches = firstBatch;
    this.#part = { first: firstBatch, offset: 0, bytes: [], crc32: [] };
  }

  /** How many elements the open batch lacks; 0 between two batches. A batch that is full in bytes ends earlier. */
  get missing(): number {
    return this.#buffer.count === 0 ? 0 : batchElements * this.#scale - this.#buffer.count;
  }

  add(value: unknown, key: unknown): void {
    if (this.#keyed) this.#buffer.addPair(key, value);
    else this.#buffer.addElement(value);
    const scale = this.#scale;
    if (this.#buffer.count >= batchElements * scale || this.#buffer.length >= batchBytes * Math.min(scale, 64))
      this.#flush();
  }

  /** What was written since the last call; the batch that is open stays open. */
  takeBatches(): WrittenBatches {
    const { first, offset, bytes, crc32: sums } = this.#part;
    this.#part = { first: this.#batches, offset: this.#file.bytes, bytes: [], crc32: [] };
    return {
      output: this.#output,
      file: this.#file.path,
      first,
      offset,
      bytes: Uint32Array.from(bytes),
      crc32: Uint32Array.from(sums),
    };
  }

  /** Writes out the last batch. */
  finish(): void {
    this.#flush();
    this.#file.close();
  }

  abort(remove: boolean): void {
    if (remove) this.#file.remove();
    else this.#file.close();
  }

  get #scale(): number {
    return 2 ** Math.floor(this.#batches / batchesPerSize);
  }

  #flush(): void {
    const { bytes, length, count } = this.#buffer;
    if (count === 0) return;
    const offset = this.#file.bytes;
    const batch = bytes.subarray(0, length);
    this.#file.append(batch);
    this.#part.bytes.push(length);
    this.#part.crc32.push(crc32(batch));
    const index = this.#batches++;
    if (!this.#done.has(index)) this.#queue?.publish({ producer: this.#target.producer, index, offset, bytes: length });
    this.#buffer.clear();
  }
}
