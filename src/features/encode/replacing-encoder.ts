import { RowArena } from '../row-arena.js';
import type { FieldEncoder } from './field-encoder.js';

/**
 * Encodes what privacy puts in the place of a value. The author's value is encoded as well, into a scratch arena that nobody reads: that checks it
 * as strictly as if it were kept.
 */
export function replacingEncoder(
  original: FieldEncoder,
  stored: FieldEncoder,
  replace: (value: unknown) => unknown,
): FieldEncoder {
  const scratch = new RowArena(256);
  return {
    encode: (value, arena) => {
      scratch.position = 0;
      original.encode(value, scratch);
      stored.encode(replace(value), arena);
    },
    encodeAll: (values, count, arena) => {
      scratch.position = 0;
      original.encodeAll(values, count, scratch);
      const replaced = Array.from({ length: count }, (_, index) => replace(values[index]));
      stored.encodeAll(replaced, count, arena);
    },
  };
}
