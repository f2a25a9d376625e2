import { DatasetsError } from '../core/errors/index.js';
import type { Value } from './value.js';
import { ValueReader } from './value-reader.js';
import { ValueWriter } from './value-writer.js';

const writer = new ValueWriter();
/** A huge value must not keep its buffer for the life of the thread. */
const maxKeptBytes = 1 << 20;

/**
 * The canonical encoding of a value: the same value gives the same bytes in every thread, process and release of one formatEpoch.
 *
 * @throws DatasetsError VALUE_UNSUPPORTED naming the path of what is no value.
 * @example
 * ```ts
 * const bytes = encodeValue({ id: 'a', at: new Date(0) });
 * ```
 */
export function encodeValue(value: unknown): Uint8Array {
  const scratch = writer.bytes.length > maxKeptBytes ? new ValueWriter() : writer;
  scratch.length = 0;
  scratch.write(value);
  return scratch.copy();
}

/**
 * The value of a canonical encoding. Objects list their keys in the encoding's order.
 *
 * @throws DatasetsError DATA_CORRUPT when `bytes` is not exactly one encoding.
 */
export function decodeValue(bytes: Uint8Array): Value {
  const reader = new ValueReader(bytes);
  const value = reader.read();
  if (reader.offset !== bytes.length) {
    throw new DatasetsError('DATA_CORRUPT', `${bytes.length - reader.offset} bytes follow an encoded value`, {
      hint: 'A temporary file was changed while the build ran. Run the build again.',
      at: { offset: reader.offset },
    });
  }
  return value;
}
