import { type ByteInput, takeTogether } from './byte-input.js';

/** Reads an exact number of bytes from a stream of blocks. */
export class ByteQueue implements ByteInput {
  readonly #blocks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #offset: number;

  /** @param offset of the stream's first byte. */
  constructor(blocks: AsyncIterable<Uint8Array>, offset: number) {
    this.#blocks = blocks[Symbol.asyncIterator]();
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  /** Lets go of the stream, however much of it was read. */
  async close(): Promise<void> {
    await this.#blocks.return?.();
  }

  take(count: number): Promise<Buffer> {
    return takeTogether(this, count);
  }

  async takeSome(most: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#blocks.next();
      if (done === true) return undefined;
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    this.#offset += piece.length;
    return piece;
  }

  async skip(count: number): Promise<number> {
    let missing = count;
    while (missing > 0) {
      const piece = await this.takeSome(missing);
      if (piece === undefined) break;
      missing -= piece.length;
    }
    return count - missing;
  }
}
