import type { ExampleEntry } from './example-layout.js';
import { tags } from './example-layout.js';
import type { ProtobufReader } from './protobuf-reader.js';

/** In `from` and `to`: the example has no such key. */
export const absent = -1;

/**
 * Finds the Features of a tf.Example by their keys.
 *
 * Keys may come in any order: tfds writes them in protobuf's map order. That order seldom changes between the records of a file, so
 * each entry remembers which one came after it, and a key is compared with that one first.
 */
export class ExampleLocator {
  /** Where in the buffer the Feature of each entry lies; `absent` when the example has it not. The last one of a repeated key counts. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly #keys: readonly Uint8Array[];
  /** `#successors[i + 1]` came after entry `i`, `#successors[0]` was the first. */
  readonly #successors: Int32Array;
  readonly #protobuf: ProtobufReader;

  constructor(entries: readonly ExampleEntry[], protobuf: ProtobufReader) {
    this.from = new Int32Array(entries.length);
    this.to = new Int32Array(entries.length);
    this.#keys = entries.map((entry) => new Uint8Array(Buffer.from(entry.key)));
    this.#successors = Int32Array.from({ length: entries.length + 1 }, (_, slot) => slot);
    this.#protobuf = protobuf;
  }

  locate(bytes: Uint8Array, from: number, to: number): void {
    for (let i = 0; i < this.from.length; i++) this.from[i] = absent;
    const protobuf = this.#protobuf;
    for (let at = from; at < to; ) {
      if (bytes[at] !== tags.features) {
        at = protobuf.skip(bytes, at, to);
        continue;
      }
      const end = protobuf.lengthDelimited(bytes, at + 1, to);
      this.#locateEntries(bytes, protobuf.at, end);
      at = end;
    }
  }

  #locateEntries(bytes: Uint8Array, from: number, to: number): void {
    const protobuf = this.#protobuf;
    const successors = this.#successors;
    let slot = 0;
    for (let at = from; at < to; ) {
      if (bytes[at] !== tags.entry) {
        at = protobuf.skip(bytes, at, to);
        continue;
      }
      const end = protobuf.lengthDelimited(bytes, at + 1, to);
      const guess = successors[slot] as number;
      if (this.#isShortEntry(bytes, protobuf.at, end, guess)) {
        slot = guess + 1;
        at = end;
        continue;
      }
      const entry = this.#locateEntry(bytes, protobuf.at, end, guess);
      if (entry !== absent) {
        successors[slot] = entry;
        slot = entry + 1;
      }
      at = end;
    }
  }

  /** The short way for the expected key with lengths of one byte: key, then Feature, and nothing else. */
  #isShortEntry(bytes: Uint8Array, from: number, to: number, guess: number): boolean {
    const keySize = bytes[from + 1] as number;
    const keyTo = from + 2 + keySize;
    const feature = keyTo + 2;
    if (bytes[from] !== tags.key || keySize > 127 || bytes[keyTo] !== tags.feature || to - feature > 127) return false;
    if (bytes[keyTo + 1] !== to - feature || !this.#isKey(guess, bytes, from + 2, keyTo)) return false;
    this.from[guess] = feature;
    this.to[guess] = to;
    return true;
  }

  /** Notes where the Feature of one map entry lies and returns its index, or `absent` for a key that nobody asks for. */
  #locateEntry(bytes: Uint8Array, from: number, to: number, guess: number): number {
    const protobuf = this.#protobuf;
    let keyFrom = from;
    let keyTo = from;
    let featureFrom = to;
    let featureTo = to;
    for (let at = from; at < to; ) {
      if (bytes[at] === tags.key) {
        at = keyTo = protobuf.lengthDelimited(bytes, at + 1, to);
        keyFrom = protobuf.at;
      } else if (bytes[at] === tags.feature) {
        at = featureTo = protobuf.lengthDelimited(bytes, at + 1, to);
        featureFrom = protobuf.at;
      } else {
        at = protobuf.skip(bytes, at, to);
      }
    }
    const entry = this.#isKey(guess, bytes, keyFrom, keyTo) ? guess : this.#search(bytes, keyFrom, keyTo);
    if (entry === absent) return absent;
    this.from[entry] = featureFrom;
    this.to[entry] = featureTo;
    return entry;
  }

  #search(bytes: Uint8Array, from: number, to: number): number {
    for (let entry = 0; entry < this.#keys.length; entry++) if (this.#isKey(entry, bytes, from, to)) return entry;
    return absent;
  }

  #isKey(entry: number, bytes: Uint8Array, from: number, to: number): boolean {
    const key = this.#keys[entry];
    if (key === undefined || key.length !== to - from) return false;
    for (let i = 0; i < key.length; i++) if (key[i] !== bytes[from + i]) return false;
    return true;
  }
}
