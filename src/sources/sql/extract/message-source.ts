import type { RangeSource } from '../../../formats/index.js';

/** The message of a schema, and behind it that of one record batch after the other, as a stream in which each batch takes the place of the one before. */
export class MessageSource implements RangeSource {
  readonly #schema: Uint8Array;
  #batch: Uint8Array = new Uint8Array(0);

  constructor(schema: Uint8Array) {
    this.#schema = schema;
  }

  get bytes(): number {
    return this.#schema.length + this.#batch.length;
  }

  /** Where the batch begins. */
  get start(): number {
    return this.#schema.length;
  }

  put(batch: Uint8Array): void {
    this.#batch = batch;
  }

  async read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.bytes);
    const target = into?.subarray(0, end - offset) ?? new Uint8Array(Math.max(0, end - offset));
    const head = this.#schema.subarray(offset, end);
    target.set(head);
    target.set(this.#batch.subarray(offset + head.length - this.start, end - this.start), head.length);
    return target;
  }
}
