import type { ChunkSink } from '../file-sink.js';

const chunkBytes = 1 << 20;
/** Parts from this size on go to the sink as they are: a system call for them costs less than another copy. */
const directBytes = 1 << 17;

/** Joins small parts of a file into chunks for a sink. */
export class ChunkBuffer {
  readonly #sink: ChunkSink;
  readonly #buffer = new Uint8Array(chunkBytes);
  #used = 0;

  constructor(sink: ChunkSink) {
    this.#sink = sink;
  }

  write(part: Uint8Array): void {
    if (this.#used + part.length > chunkBytes || part.length >= directBytes) this.flush();
    if (part.length >= directBytes) {
      this.#sink(part);
      return;
    }
    this.#buffer.set(part, this.#used);
    this.#used += part.length;
  }

  flush(): void {
    if (this.#used === 0) return;
    this.#sink(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }
}
