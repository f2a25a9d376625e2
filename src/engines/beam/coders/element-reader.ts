import { internalError } from '../../../core/errors/index.js';

/** Thrown where bytes end inside an element: the rest comes with the next block. */
export class TruncatedElement extends RangeError {
  override readonly name = 'TruncatedElement';
}

/** The primitives of Beam's nested encodings, read from one block. */
export class ElementReader {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** @param bytes Stays the caller's; what is read are views of it. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.position >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.position];
    if (value === undefined) throw new TruncatedElement('a byte is missing');
    this.position++;
    return value;
  }

  /** Big-endian, signed. */
  int32(): number {
    if (this.position + 4 > this.#bytes.length) throw new TruncatedElement('an int32 is cut off');
    const value = this.#view.getInt32(this.position);
    this.position += 4;
    return value;
  }

  /** A varint64 that counts something: -1, or a number from 0 on. */
  varint(): number {
    const first = this.byte();
    if (first < 128) return first;
    let value = first & 127;
    let factor = 128;
    for (let length = 2; ; length++) {
      const next = this.byte();
      // -1 takes all 64 bits: nine bytes of ones, and one bit.
      if (length === 10) return -1;
      value += (next & 127) * factor;
      factor *= 128;
      if (next >= 128) continue;
      if (!Number.isSafeInteger(value)) throw internalError(`a count in a Beam element is too large: ${value}`);
      return value;
    }
  }

  /** The next bytes, as a view. */
  bytes(length: number): Uint8Array {
    const start = this.position;
    this.skip(length);
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length);
  }

  skip(length: number): void {
    if (this.position + length > this.#bytes.length) throw new TruncatedElement(`${length} bytes are cut off`);
    this.position += length;
  }

  /** Whether these bytes come next. */
  startsWith(expected: Uint8Array): boolean {
    for (let i = 0; i < expected.length; i++) if (this.#bytes[this.position + i] !== expected[i]) return false;
    return true;
  }

  /** What lies from `start` up to here. */
  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.position);
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.position);
  }
}
