import type { FieldEncoder } from './field-encoder.js';

/** Turns what the author gave into what is stored. `index`: which element of the sequences around the field it is, for messages. */
export type Convert = (value: unknown, index: number) => unknown;

/** An encoder that converts values first. */
export function convertingEncoder(convert: Convert, inner: FieldEncoder): FieldEncoder {
  const converted: unknown[] = [];
  return {
    encode: (value, arena) => inner.encode(convert(value, 0), arena),
    encodeAll: (values, count, arena) => {
      for (let index = 0; index < count; index++) converted[index] = convert(values[index], index);
      inner.encodeAll(converted, count, arena);
      converted.fill(undefined, 0, count);
    },
  };
}
