import { type ByteInput, takeTogether } from './byte-input.js';
import type { RandomAccess } from './random-access.js';

/** Where bytes are skipped in long strides, more than this is not worth reading at once. */
const smallWindowBytes = 16 << 10;

/**
 * Reads a file here and there, from its first byte to its last: what is skipped is not read, unless it is less than a window.
 *
 * Memory: one window.
 */
export class SeekingInput implements ByteInput {
  readonly #file: RandomAccess;
  readonly #windowBytes: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #offset = 0;
  #lastStride = 0;

  /** @param windowBytes how much is read at once where strides are shorter than that: what a request brings in the time that it takes to begin. */
  constructor(file: RandomAccess, windowBytes: number) {
    this.#file = file;
    this.#windowBytes = windowBytes;
  }

  get offset(): number {
    return this.#offset;
  }

  take(count: number): Promise<Buffer> {
    return takeTogether(this, count);
  }

  async takeSome(most: number): Promise<Uint8Array | undefined> {
    let from = this.#offset - this.#windowStart;
    if (from < 0 || from >= this.#window.length) {
      const bytes = this.#lastStride < this.#windowBytes ? this.#windowBytes : smallWindowBytes;
      this.#window = await this.#file.read(this.#offset, Math.min(bytes, this.#file.bytes - this.#offset));
      this.#windowStart = this.#offset;
      from = 0;
    }
    const piece = this.#window.subarray(from, from + most);
    this.#offset += piece.length;
    return piece.length === 0 ? undefined : piece;
  }

  async skip(count: number): Promise<number> {
    const skipped = Math.min(count, this.#file.bytes - this.#offset);
    this.#offset += skipped;
    this.#lastStride = skipped;
    return skipped;
  }
}
