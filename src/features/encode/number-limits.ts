import type { NumericDType } from '../dtype.js';
import type { FeatureDocumentation } from '../feature.js';

/** Which numbers a place takes: those of its dtype, within the author's range where there is one. */
export interface NumberLimits {
  readonly minimum: number;
  readonly maximum: number;
  /** Whether the author gave a range: then NaN is refused, and so are typed arrays without a look at their values. */
  readonly ranged: boolean;
  /** For messages: `int8`, `float32 from 0 to 1`. */
  readonly expected: string;
}

type NarrowInteger = 'int8' | 'int16' | 'int32' | 'uint8' | 'uint16' | 'uint32';

const integerLimits: Readonly<Record<NarrowInteger, readonly [number, number]>> = {
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint8: [0, 0xff],
  uint16: [0, 0xffff],
  uint32: [0, 0xffff_ffff],
};

/** Just below one: what makes a bound exclusive. */
const below = 1 - 2 ** -53;

/**
 * The largest doubles that still round to a finite number of the type: below half way to the next power of two. A bfloat16 is rounded
 * by way of float32, as ml_dtypes does, so its bound lies half a float32 step lower.
 */
const floatLimits: Readonly<Record<'float16' | 'bfloat16' | 'float32' | 'float64', number>> = {
  float16: 65520 * below,
  bfloat16: (2 ** 127 * (2 - 2 ** -8) - 2 ** 103) * below,
  float32: 2 ** 127 * (2 - 2 ** -24) * below,
  float64: Number.MAX_VALUE,
};

export function isNarrowInteger(dtype: NumericDType): dtype is NarrowInteger {
  return Object.hasOwn(integerLimits, dtype);
}

export function isFloat(dtype: NumericDType): dtype is keyof typeof floatLimits {
  return Object.hasOwn(floatLimits, dtype);
}

export function numberLimits(dtype: NumericDType, { range }: FeatureDocumentation): NumberLimits {
  const [smallest, largest] = dtypeLimits(dtype);
  if (range === undefined) return { minimum: smallest, maximum: largest, ranged: false, expected: dtype };
  return {
    minimum: Math.max(smallest, range[0]),
    maximum: Math.min(largest, range[1]),
    ranged: true,
    expected: `${dtype} from ${range[0]} to ${range[1]}`,
  };
}

function dtypeLimits(dtype: NumericDType): readonly [number, number] {
  if (isNarrowInteger(dtype)) return integerLimits[dtype];
  if (isFloat(dtype)) return [-floatLimits[dtype], floatLimits[dtype]];
  // 64-bit integers are checked as such; only an author's range narrows them here.
  return [-Infinity, Infinity];
}

/** Why a number does not fit, where the expectation doesn't say it. */
export function numberProblem(value: unknown, dtype: NumericDType): string | undefined {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'NaN is no number that the range allows';
    if (!isFloat(dtype) && Number.isFinite(value) && !Number.isInteger(value)) return 'it has a fraction';
    if (!isFloat(dtype) && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      return 'a Number beyond 2^53 may have been rounded: use a bigint';
    }
  }
  return undefined;
}
