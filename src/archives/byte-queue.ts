/** Reads an exact number of bytes from a stream of blocks. */
export class ByteQueue {
  readonly #blocks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(blocks: AsyncIterable<Uint8Array>) {
    this.#blocks = blocks[Symbol.asyncIterator]();
  }

  /** Lets go of the stream, however much of it was read. */
  async close(): Promise<void> {
    await this.#blocks.return?.();
  }

  /** The next bytes, fewer only at the end. For small numbers: they are copied together. */
  async take(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let missing = count;
    while (missing > 0) {
      const piece = await this.takeSome(missing);
      if (piece === undefined) break;
      parts.push(piece);
      missing -= piece.length;
    }
    return Buffer.concat(parts);
  }

  /** Some of the next bytes without a copy, at most so many; undefined at the end. */
  async takeSome(most: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#blocks.next();
      if (done === true) return undefined;
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
}
