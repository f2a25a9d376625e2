import { internalError } from '../../../core/errors/index.js';
import type { BeamIterable, BeamValue } from './beam-value.js';
import type { Coder } from './coder.js';
import { ElementReader, TruncatedElement } from './element-reader.js';

/** Whole values that lie in memory together, one after the other. */
export class ValueRun implements Iterable<BeamValue> {
  readonly #bytes: Uint8Array;
  readonly #values: Coder;

  constructor(bytes: Uint8Array, values: Coder) {
    this.#bytes = bytes;
    this.#values = values;
  }

  *[Symbol.iterator](): Generator<BeamValue> {
    const reader = new ElementReader(this.#bytes);
    while (!reader.done) yield this.#values.decode(reader);
  }
}

/** Values that the runner keeps, and gives page by page. */
export class StoredIterable implements BeamIterable {
  readonly #openPages: () => AsyncIterable<Uint8Array>;
  readonly #values: Coder;

  constructor(openPages: () => AsyncIterable<Uint8Array>, values: Coder) {
    this.#openPages = openPages;
    this.#values = values;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<BeamValue> {
    for await (const run of this.runs()) yield* run;
  }

  async *runs(): AsyncGenerator<Iterable<BeamValue>> {
    let rest: Uint8Array = new Uint8Array();
    for await (const page of this.#openPages()) {
      const bytes = rest.length === 0 ? page : Buffer.concat([rest, page]);
      const whole = lengthOfWholeValues(bytes, this.#values);
      rest = bytes.subarray(whole);
      if (whole > 0) yield new ValueRun(bytes.subarray(0, whole), this.#values);
    }
    if (rest.length > 0)
      throw internalError(`the values that the runner keeps end inside one of them: ${rest.length} bytes are left`);
  }
}

/** A page is a part of a stream of bytes: its last value may go on in the next one (beam_fn_api.proto, StateGetResponse). */
function lengthOfWholeValues(bytes: Uint8Array, values: Coder): number {
  const reader = new ElementReader(bytes);
  let whole = 0;
  try {
    while (!reader.done) {
      values.skip(reader);
      whole = reader.position;
    }
  } catch (error) {
    if (!(error instanceof TruncatedElement)) throw error;
  }
  return whole;
}
