import type { Definition } from '../../src/index.js';

/** What a format's values are: `text` (CSV, by the types of the schema), `json`, or `typed`, with decimals as strings and dates as Dates (Parquet, Arrow, SQL). */
export type ColumnFormat = 'text' | 'json' | 'typed';

/**
 * How a column's value becomes what its feature takes, where the two write the same value in different ways; undefined where they don't. A value that isn't
 * of the feature's type is left for the encoder to refuse.
 */
export function valueConversion(
  definition: Definition,
  format: ColumnFormat,
): ((value: unknown) => unknown) | undefined {
  const feature = definition.kind === 'optional' ? definition.feature : definition;
  if (format === 'text') return undefined;
  switch (feature.kind) {
    case 'class-label':
      return numberOfBigint;
    case 'text':
      return format === 'typed' ? textOfDate : undefined;
    case 'scalar':
      switch (feature.dtype) {
        case 'string':
          return format === 'typed' ? textOfDate : undefined;
        case 'float16':
        case 'bfloat16':
        case 'float32':
        case 'float64':
          return format === 'typed' ? numberOfDecimal : numberOfBigint;
        case 'bool':
        case 'bytes':
        case 'int64':
        case 'uint64':
          return undefined;
        default:
          return numberOfBigint;
      }
    default:
      return undefined;
  }
}

/** One that is rounded here is beyond every narrow integer's range, which the encoder refuses. */
function numberOfBigint(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Decimals arrive in their own notation; a text in another one stays a text. */
const decimal = /^-?\d+(?:\.\d+)?$/;

function numberOfDecimal(value: unknown): unknown {
  return typeof value === 'string' && decimal.test(value) ? Number(value) : numberOfBigint(value);
}

/** A DATE is a Date at midnight UTC: `2026-01-31`. */
function textOfDate(value: unknown): unknown {
  return value instanceof Date ? value.toISOString().slice(0, 10) : value;
}
