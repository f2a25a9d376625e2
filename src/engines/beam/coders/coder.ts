import { internalError } from '../../../core/errors/index.js';
import { type BeamValue, isKeyValue } from './beam-value.js';
import type { ElementReader } from './element-reader.js';
import { ElementWriter } from './element-writer.js';

/** One of Beam's standard coders, in its nested encoding: the only one on the data plane (beam_runner_api.proto, StandardCoders). */
export interface Coder {
  encode(value: BeamValue, writer: ElementWriter): void;
  /** @throws TruncatedElement */
  decode(reader: ElementReader): BeamValue;
  /** Moves behind a value. */
  skip(reader: ElementReader): void;
}

/** Varint length, then the bytes. */
export const bytesCoder: Coder = {
  encode(value, writer) {
    if (!(value instanceof Uint8Array)) throw internalError('an element should be bytes, by the coder of its output');
    writer.varint(value.length);
    writer.bytes(value);
  },
  decode: (reader) => reader.bytes(reader.varint()),
  skip: (reader) => reader.skip(reader.varint()),
};

/** One after the other. */
export function keyValueCoder(key: Coder, value: Coder): Coder {
  return {
    encode(pair, writer) {
      if (!isKeyValue(pair)) throw internalError('an element should be a pair, by the coder of its output');
      key.encode(pair[0], writer);
      value.encode(pair[1], writer);
    },
    decode: (reader) => [key.decode(reader), value.decode(reader)],
    skip(reader) {
      key.skip(reader);
      value.skip(reader);
    },
  };
}

/** Varint length, then what another coder wrote: runners put it around coders that they don't know. */
export function lengthPrefixCoder(inner: Coder): Coder {
  const scratch = new ElementWriter();
  return {
    encode(value, writer) {
      inner.encode(value, scratch);
      const encoded = scratch.take();
      writer.varint(encoded.length);
      writer.bytes(encoded);
    },
    decode(reader) {
      reader.varint();
      return inner.decode(reader);
    },
    skip: (reader) => reader.skip(reader.varint()),
  };
}
