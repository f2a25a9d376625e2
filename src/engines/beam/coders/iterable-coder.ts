import { internalError } from '../../../core/errors/index.js';
import type { BeamIterable, BeamValue } from './beam-value.js';
import type { Coder } from './coder.js';
import { ElementReader } from './element-reader.js';
import { StoredIterable, ValueRun } from './stored-iterable.js';

/** Reads what the runner keeps under a token, page by page; where a page ends has no meaning. */
export type ReadPages = (token: Uint8Array) => AsyncIterable<Uint8Array>;

/** Gives the reader of the bundle that is being worked on. */
export interface StateSource {
  readonly readPages: ReadPages;
}

/**
 * The values of a key. Either an int32 that counts them, and they follow; or the int32 -1, and then blocks, each with the varint of its count,
 * that end with a count of 0; in `state_backed_iterable` also with -1 and a token, under which the runner keeps the rest.
 */
export function iterableCoder(values: Coder, state: StateSource): Coder {
  return {
    encode(value, writer) {
      if (!(value instanceof EncodedIterable)) throw internalError('an iterable can only be passed on as it came');
      writer.bytes(value.encoded());
    },
    decode(reader) {
      const start = reader.position;
      const keptByRunner = skipIterable(reader, values);
      return new EncodedIterable(reader.since(start), values, keptByRunner ? state.readPages : undefined);
    },
    skip: (reader) => void skipIterable(reader, values),
  };
}

/** @returns whether the runner keeps the rest */
function skipIterable(reader: ElementReader, values: Coder): boolean {
  const count = reader.int32();
  if (count >= 0) {
    for (let i = 0; i < count; i++) values.skip(reader);
    return false;
  }
  for (;;) {
    const inBlock = reader.varint();
    if (inBlock === 0) return false;
    if (inBlock < 0) {
      reader.skip(reader.varint());
      return true;
    }
    for (let i = 0; i < inBlock; i++) values.skip(reader);
  }
}

/** Decodes values as they are read, and again each time: a key with a million values costs its bytes alone. */
class EncodedIterable implements BeamIterable {
  readonly #bytes: Uint8Array;
  readonly #values: Coder;
  readonly #readPages: ReadPages | undefined;

  constructor(bytes: Uint8Array, values: Coder, readPages: ReadPages | undefined) {
    this.#bytes = bytes;
    this.#values = values;
    this.#readPages = readPages;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<BeamValue> {
    for await (const run of this.runs()) yield* run;
  }

  async *runs(): AsyncGenerator<Iterable<BeamValue>> {
    const reader = new ElementReader(this.#bytes);
    const count = reader.int32();
    if (count > 0) yield new ValueRun(reader.rest(), this.#values);
    if (count >= 0) return;
    for (let inBlock = reader.varint(); inBlock !== 0; inBlock = reader.varint()) {
      if (inBlock < 0) return yield* this.#runsOfRunner(reader.bytes(reader.varint()));
      const start = reader.position;
      for (let i = 0; i < inBlock; i++) this.#values.skip(reader);
      yield new ValueRun(reader.since(start), this.#values);
    }
  }

  /** As it came. What the runner keeps is for this worker's eyes: a token means nothing to others. */
  encoded(): Uint8Array {
    if (this.#readPages === undefined) return this.#bytes;
    throw internalError('an iterable that the runner keeps can not be passed on');
  }

  async *#runsOfRunner(token: Uint8Array): AsyncGenerator<Iterable<BeamValue>> {
    const readPages = this.#readPages;
    if (readPages === undefined) throw internalError('an iterable has a token, and nobody to ask with it');
    yield* new StoredIterable(() => readPages(token), this.#values).runs();
  }
}
