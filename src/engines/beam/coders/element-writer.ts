/** Up to here a loop copies faster than `set` is called. */
const shortBytes = 48;

/** Writes Beam's nested encodings into a buffer that grows. */
export class ElementWriter {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Big-endian, signed. */
  int32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#length, value);
    this.#length += 4;
  }

  /** A varint64 of a number from 0 on. */
  varint(value: number): void {
    this.#reserve(10);
    const bytes = this.#bytes;
    let rest = value;
    while (rest > 127) {
      bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    bytes[this.#length++] = rest;
  }

  bytes(source: Uint8Array): void {
    const { length } = source;
    this.#reserve(length);
    if (length <= shortBytes) {
      const bytes = this.#bytes;
      let at = this.#length;
      for (let i = 0; i < length; i++) bytes[at++] = source[i] ?? 0;
    } else this.#bytes.set(source, this.#length);
    this.#length += length;
  }

  /** What was written since the last `take`; it is the caller's. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  clear(): void {
    this.#length = 0;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, needed));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
