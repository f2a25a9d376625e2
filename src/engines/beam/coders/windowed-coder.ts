import { DatasetsError } from '../../../core/errors/index.js';
import type { BeamValue } from './beam-value.js';
import type { Coder } from './coder.js';
import { ElementReader } from './element-reader.js';
import type { ElementWriter } from './element-writer.js';

/** The smallest timestamp, one window (the global one, which takes no bytes), and the pane of data that comes all at once. */
export const globalHeader: Uint8Array = Buffer.from('7fdf3b645a1cac09' + '00000001' + '0f', 'hex');

/**
 * An element with its header: timestamp (8 bytes), number of windows (int32) and the windows, pane (a byte; its high bits say whether one or two
 * varints follow). Only the global window is known here: what a data set is does not depend on when its rows were seen.
 */
export class WindowedCoder {
  /** Of the element decoded last. Elements that come of it carry the same. */
  header: Uint8Array = globalHeader;
  readonly #element: Coder;
  /** Set for `param_windowed_value`, whose elements all have this header and don't carry it. */
  readonly #common: Uint8Array | undefined;

  /** @param payload The coder's: of a `param_windowed_value`, an element of no bytes with the header that all have. */
  constructor(element: Coder, payload?: Uint8Array) {
    this.#element = element;
    if (payload === undefined) return;
    this.#common = readHeader(new ElementReader(payload));
    this.header = this.#common;
  }

  encode(header: Uint8Array, value: BeamValue, writer: ElementWriter): void {
    if (this.#common === undefined) writer.bytes(header);
    this.#element.encode(value, writer);
  }

  /** @throws TruncatedElement */
  decode(reader: ElementReader): BeamValue {
    if (this.#common === undefined) this.#readHeader(reader);
    return this.#element.decode(reader);
  }

  /** Most elements have the header of the one before; then no view is made of it. */
  #readHeader(reader: ElementReader): void {
    if (reader.startsWith(this.header)) reader.skip(this.header.length);
    else this.header = readHeader(reader);
  }
}

function readHeader(reader: ElementReader): Uint8Array {
  const start = reader.position;
  reader.skip(8);
  const windows = reader.int32();
  if (windows !== 1) {
    throw new DatasetsError(
      'UNSUPPORTED',
      `an element is in ${windows} windows; this worker knows only the global one`,
      {
        hint: 'Pipelines of ailab-datasets have no windows: see that this worker serves no other pipeline.',
      },
    );
  }
  const encoding = reader.byte() >> 4;
  if (encoding > 0) reader.varint();
  if (encoding > 1) reader.varint();
  return reader.since(start);
}
