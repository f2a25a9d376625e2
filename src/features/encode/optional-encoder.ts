import type { RowArena } from '../row-arena.js';
import type { FieldEncoder } from './field-encoder.js';
import type { FieldSite } from './field-site.js';

/** A value that may be left out of the tf.Example: one byte in the row, and nothing more when it is absent. */
export function absentEncoder(inner: FieldEncoder, site: FieldSite): FieldEncoder {
  return {
    encode: (value: unknown, arena: RowArena) => {
      arena.ensure(1);
      if (value === null || value === undefined) {
        arena.bytes[arena.position++] = 0;
        return;
      }
      arena.bytes[arena.position++] = 1;
      inner.encode(value, arena);
    },
    // Inside sequences optional values are stored as sequences of none or one (optionalLayout), so this is never called.
    encodeAll: (values) => site.fail(`an optional value was stored as a leaf in a sequence (${values.length})`, {}),
  };
}

/** A value stored as a sequence of none or one. `site` is where the value stands; its level of lengths is filled in here. */
export function noneOrOneEncoder(inner: FieldEncoder, site: FieldSite): FieldEncoder {
  const { levels, depth } = site;
  const present: unknown[] = [];
  const encodeAll: FieldEncoder['encodeAll'] = (values, count, arena) => {
    const lengths = levels.at(depth);
    let total = 0;
    for (let index = 0; index < count; index++) {
      const value = values[index];
      const absent = value === null || value === undefined;
      lengths[index] = absent ? 0 : 1;
      if (!absent) present[total++] = value;
    }
    levels.counts[depth] = count;
    inner.encodeAll(present, total, arena);
    present.fill(undefined, 0, total);
  };
  const one: unknown[] = [undefined];
  return {
    encode: (value, arena) => {
      one[0] = value;
      encodeAll(one, 1, arena);
    },
    encodeAll,
  };
}
