import type { RecordEnds } from './record-ends.js';

/** Records longer than this are taken for a quote that was never closed. */
export const maxRecordBytes = 64 << 20;

/** Cuts a stream of blocks into chunks of whole records, so that no record, and no character, is cut in two. */
export class RecordChunker {
  readonly #ends: RecordEnds;
  #carry: Buffer[] = [];
  #carryBytes = 0;

  constructor(ends: RecordEnds) {
    this.#ends = ends;
  }

  /** Takes a block (which it copies from) and returns the whole records that are there now, or undefined when there is none. */
  push(block: Buffer): Buffer | undefined {
    const end = this.#ends.lastEnd(block);
    if (end === 0) {
      this.#keep(block);
      return undefined;
    }
    const head = block.subarray(0, end);
    const chunk = this.#carryBytes === 0 ? head : Buffer.concat([...this.#carry, head]);
    this.#carry = [];
    this.#carryBytes = 0;
    if (end < block.length) this.#keep(block.subarray(end));
    return chunk;
  }

  /** What is left when the stream has ended: the last record when no line feed ends it. */
  finish(): Buffer | undefined {
    const rest = this.#carryBytes === 0 ? undefined : Buffer.concat(this.#carry);
    this.#carry = [];
    this.#carryBytes = 0;
    return rest;
  }

  /** Whether what is held back is too long to be a record. */
  get overlong(): boolean {
    return this.#carryBytes > maxRecordBytes;
  }

  #keep(bytes: Buffer): void {
    this.#carry.push(Buffer.from(bytes));
    this.#carryBytes += bytes.length;
  }
}
