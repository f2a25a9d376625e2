import { ValueWriter } from '../../values/index.js';
import { recordHeaderBytes, writeUint32 } from './record.js';

/** A buffer starts at this size and doubles, so that the many small tasks of a build stay small. */
const firstBufferBytes = 1 << 15;

/** Encoded elements, one record after the other. */
export class RecordBuffer {
  readonly #writer: ValueWriter;
  #starts = new Uint32Array(256);
  #count = 0;

  constructor(expectedBytes: number) {
    this.#writer = new ValueWriter(Math.min(firstBufferBytes, expectedBytes));
  }

  /** Valid up to `length`, until the next element is added. */
  get bytes(): Buffer {
    return this.#writer.bytes;
  }

  get length(): number {
    return this.#writer.length;
  }

  get count(): number {
    return this.#count;
  }

  /** Where each record begins; the first `count` are in use. */
  get starts(): Uint32Array {
    return this.#starts;
  }

  clear(): void {
    this.#writer.length = 0;
    this.#count = 0;
  }

  /** @throws DatasetsError VALUE_UNSUPPORTED; then nothing is added. */
  addElement(element: unknown): void {
    const start = this.#begin(element);
    this.#end(start);
  }

  addPair(key: unknown, value: unknown): void {
    const start = this.#begin(key);
    this.#value(start, value);
    this.#end(start);
  }

  addToSide(side: number, key: unknown, value: unknown): void {
    const start = this.#begin(key);
    this.#writer.reserve(1);
    this.#writer.bytes[this.#writer.length++] = side;
    this.#value(start, value);
    this.#end(start);
  }

  #begin(key: unknown): number {
    const writer = this.#writer;
    const start = writer.length;
    writer.reserve(recordHeaderBytes);
    writer.length += recordHeaderBytes;
    try {
      writer.write(key);
    } catch (error) {
      writer.length = start;
      throw error;
    }
    writeUint32(writer.bytes, start + 4, writer.length - start - recordHeaderBytes);
    return start;
  }

  #value(start: number, value: unknown): void {
    try {
      this.#writer.write(value);
    } catch (error) {
      this.#writer.length = start;
      throw error;
    }
  }

  #end(start: number): void {
    const writer = this.#writer;
    writeUint32(writer.bytes, start, writer.length - start);
    if (this.#count === this.#starts.length) {
      const larger = new Uint32Array(this.#starts.length * 2);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    this.#starts[this.#count++] = start;
  }
}
