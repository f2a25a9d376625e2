import { optionalLayout } from '../declare/collect-leaves.js';
import type { Definition } from '../declare/definition.js';
import { dtypeOf } from '../declare/element-types.js';
import { dtypeBytes, type NumericDType } from '../dtype.js';
import { buildEncoder } from './build-encoder.js';
import { entryBytes, fieldBytes, keyFieldBytes, packedBytes } from './example-size.js';
import type { FieldEncoder } from './field-encoder.js';
import { isNarrowInteger, numberLimits } from './number-limits.js';
import type { LeafPlace } from './scalar-encoder.js';

/** The ways to write a field; `general` makes its value and gives it to the field's own encoder. */
export const fieldKinds = {
  int64: 0,
  uint64: 1,
  narrow: 2,
  float32: 3,
  float64: 4,
  bool: 5,
  text: 6,
  general: 7,
} as const;

export interface FieldPlan {
  readonly kind: number;
  /** One byte tells whether it is there. */
  readonly optional: boolean;
  /** Bytes of a value in the row; of a text's length. */
  readonly width: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Whether NaN and the infinities are refused. */
  readonly ranged: boolean;
  /** Bytes of its entry in the tf.Example, by those of its varint or of its text, as far as they go. */
  readonly entries: readonly number[];
  readonly keyField: number;
  readonly encoder: FieldEncoder;
}

/** Texts up to this length have their entry's size in a table. */
const tabledText = 100;

/** How cells become a field of a record. */
export function planField(definition: Definition, place: LeafPlace): FieldPlan {
  const inner =
    definition.kind === 'optional' && optionalLayout(definition, 0) === 'absent' ? definition.feature : definition;
  const kind = kindOf(inner);
  const keyField = keyFieldBytes(place.key);
  const plan = {
    kind,
    optional: inner !== definition && kind !== fieldKinds.general,
    width: 4,
    minimum: 0,
    maximum: 0,
    ranged: false,
    entries: [],
    keyField,
    encoder: buildEncoder(definition, place),
  };
  if (kind === fieldKinds.text) {
    const entries = Array.from({ length: tabledText }, (_, bytes) => entryBytes(keyField, fieldBytes(bytes)));
    return { ...plan, entries };
  }
  if (kind === fieldKinds.general || inner.kind !== 'scalar') return plan;
  // Its kind says that it is one of numbers.
  const dtype = dtypeOf(inner.dtype) as NumericDType;
  const isInteger = kind === fieldKinds.int64 || kind === fieldKinds.uint64 || kind === fieldKinds.narrow;
  const { minimum, maximum, ranged } = numberLimits(dtype, inner.documentation);
  return {
    ...plan,
    width: dtypeBytes[dtype],
    minimum: kind === fieldKinds.uint64 ? Math.max(0, minimum) : minimum,
    maximum,
    ranged,
    entries: isInteger
      ? Array.from({ length: 11 }, (_, bytes) => entryBytes(keyField, packedBytes(bytes)))
      : [entryBytes(keyField, packedBytes(kind === fieldKinds.bool ? 1 : 4))],
  };
}

function kindOf(definition: Definition): number {
  if (definition.kind === 'text') return fieldKinds.text;
  if (definition.kind !== 'scalar') return fieldKinds.general;
  const dtype = dtypeOf(definition.dtype);
  switch (dtype) {
    case 'string':
      return definition.dtype === 'string' ? fieldKinds.text : fieldKinds.general;
    case 'int64':
    case 'uint64':
    case 'float32':
    case 'float64':
    case 'bool':
      return fieldKinds[dtype];
    default:
      return isNarrowInteger(dtype) ? fieldKinds.narrow : fieldKinds.general;
  }
}
