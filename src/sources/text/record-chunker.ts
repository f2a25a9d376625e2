/** Records longer than this are taken for a quote that was never closed. */
export const maxRecordBytes = 64 << 20;

const lineFeed = 0x0a;
const quoteByte = 0x22;

/**
 * Cuts a stream of blocks into chunks of whole records, so that no record, and no character, is cut in two.
 *
 * A record ends at a line feed; with `quoted`, at one outside quotes. By RFC 4180 that is where the number of `"` seen so far is even (a
 * doubled quote inside a field counts twice), so that no field needs to be parsed to find it.
 */
export class RecordChunker {
  readonly #quoted: boolean;
  #carry: Buffer[] = [];
  #carryBytes = 0;
  #insideQuotes = false;

  constructor(quoted: boolean) {
    this.#quoted = quoted;
  }

  /** Takes a block (which it copies from) and returns the whole records that are there now, or undefined when there is none. */
  push(block: Buffer): Buffer | undefined {
    const end = this.#quoted ? this.#lastEndOutsideQuotes(block) : block.lastIndexOf(lineFeed) + 1;
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

  #lastEndOutsideQuotes(block: Buffer): number {
    // Most blocks of most files hold no quote; the native search says so at memory speed.
    if (!block.includes(quoteByte)) return this.#insideQuotes ? 0 : block.lastIndexOf(lineFeed) + 1;
    let end = 0;
    let inside = this.#insideQuotes;
    for (let i = 0; i < block.length; i++) {
      const byte = block[i];
      if (byte === quoteByte) inside = !inside;
      else if (byte === lineFeed && !inside) end = i + 1;
    }
    this.#insideQuotes = inside;
    return end;
  }
}
