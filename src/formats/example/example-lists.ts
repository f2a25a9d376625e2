import { DatasetsError } from '../../core/errors/index.js';
import { type ExampleEntry, listTags, tags } from './example-layout.js';
import type { ProtobufReader } from './protobuf-reader.js';

const noBytes: Uint8Array = new Uint8Array(0);

/**
 * Opens a Feature: finds the content of its list, in the one form that protobuf's own writers give it, numbers packed into one field.
 *
 * Other forms that every parser must accept (one field a number, a list in several parts) are brought into this one in a scratch buffer.
 */
export class ListReader {
  /** The list's content is `bytes[from .. to)`: packed numbers, or a row of fields with a string each. */
  bytes: Uint8Array = noBytes;
  /** Over `bytes`. */
  view: DataView = new DataView(noBytes.buffer);
  from = 0;
  to = 0;
  readonly #protobuf: ProtobufReader;
  #scratch = new Uint8Array(256);
  #scratchView = new DataView(this.#scratch.buffer);
  #used = 0;

  constructor(protobuf: ProtobufReader) {
    this.#protobuf = protobuf;
  }

  /** @throws DatasetsError `DATA_CORRUPT` when the Feature holds another kind of list than `entry` asks for. */
  open(entry: ExampleEntry, view: DataView, bytes: Uint8Array, from: number, to: number): void {
    this.view = view;
    this.bytes = bytes;
    if (!this.#openPacked(entry, bytes, from, to)) this.#gather(entry, bytes, from, to);
  }

  /** Opens a list in the usual form; false for any other. */
  #openPacked(entry: ExampleEntry, bytes: Uint8Array, from: number, to: number): boolean {
    const protobuf = this.#protobuf;
    if (bytes[from] !== entry.listTag || protobuf.lengthDelimited(bytes, from + 1, to) !== to) return false;
    const content = protobuf.at;
    if (content !== to && entry.list !== 'bytes') {
      if (bytes[content] !== tags.values || protobuf.lengthDelimited(bytes, content + 1, to) !== to) return false;
    }
    this.from = protobuf.at;
    this.to = to;
    return true;
  }

  /** Joins all parts of the list in the scratch buffer. */
  #gather(entry: ExampleEntry, bytes: Uint8Array, from: number, to: number): void {
    const protobuf = this.#protobuf;
    this.#used = 0;
    for (let at = from; at < to; ) {
      const tag = bytes[at];
      if (tag === entry.listTag) {
        const end = protobuf.lengthDelimited(bytes, at + 1, to);
        this.#gatherValues(entry, bytes, protobuf.at, end);
        at = end;
      } else if (tag === listTags.bytes || tag === listTags.float || tag === listTags.int64) {
        throw new DatasetsError(
          'DATA_CORRUPT',
          `the tf.Example key '${entry.key}' holds no ${entry.list}_list but another kind`,
          {
            hint: 'The file was written with other features than those it is read with.',
            at: { field: entry.key },
          },
        );
      } else {
        at = protobuf.skip(bytes, at, to);
      }
    }
    this.view = this.#scratchView;
    this.bytes = this.#scratch;
    this.from = 0;
    this.to = this.#used;
  }

  #gatherValues(entry: ExampleEntry, bytes: Uint8Array, from: number, to: number): void {
    const protobuf = this.#protobuf;
    for (let at = from; at < to; ) {
      const tag = bytes[at];
      const end = protobuf.skip(bytes, at, to);
      if (tag === tags.values) {
        const content = protobuf.at;
        this.#append(bytes, entry.list === 'bytes' ? at : content, end);
      } else if (
        (tag === tags.unpackedInt64 && entry.list === 'int64') ||
        (tag === tags.unpackedFloat && entry.list === 'float')
      ) {
        this.#append(bytes, at + 1, end);
      }
      at = end;
    }
  }

  #append(bytes: Uint8Array, from: number, to: number): void {
    const end = this.#used + to - from;
    if (end > this.#scratch.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#scratch.subarray(0, this.#used));
      this.#scratch = larger;
      this.#scratchView = new DataView(larger.buffer);
    }
    this.#scratch.set(bytes.subarray(from, to), this.#used);
    this.#used = end;
  }
}
