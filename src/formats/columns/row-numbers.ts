import type { NumericDType } from '../../features/index.js';
import { bfloat16ToFloat32Bits, float16ToFloat32Bits, float64ToFloat32Bits } from './float-bits.js';

/** A dtype as a small integer, for the switches of the hot loops. */
export const numberCodes = {
  bool: 0,
  uint8: 1,
  int8: 2,
  uint16: 3,
  int16: 4,
  uint32: 5,
  int32: 6,
  uint64: 7,
  int64: 8,
  float16: 9,
  bfloat16: 10,
  float32: 11,
  float64: 12,
} as const satisfies Record<NumericDType, number>;

export type NumberCode = (typeof numberCodes)[NumericDType];

/** Lower 32 bits of the integer at `view[at]`, sign-extended as far as they go. */
export function lowWord(view: DataView, at: number, code: NumberCode): number {
  switch (code) {
    case numberCodes.bool:
    case numberCodes.uint8:
      return view.getUint8(at);
    case numberCodes.int8:
      return view.getInt8(at);
    case numberCodes.uint16:
      return view.getUint16(at, true);
    case numberCodes.int16:
      return view.getInt16(at, true);
    default:
      return view.getInt32(at, true);
  }
}

/** Upper 32 bits of the integer whose lower ones are `low`. */
export function highWord(view: DataView, at: number, code: NumberCode, low: number): number {
  if (code >= numberCodes.uint64) return view.getInt32(at + 4, true);
  return code === numberCodes.uint32 ? 0 : low >> 31;
}

/** Whether a 64-bit integer, as a tf.Example stores it, is one of a dtype; any is a bool, as in tf.cast. */
export function integerFits(code: NumberCode, low: number, high: number): boolean {
  switch (code) {
    case numberCodes.uint8:
      return high === 0 && low >>> 0 < 0x100;
    case numberCodes.uint16:
      return high === 0 && low >>> 0 < 0x1_0000;
    case numberCodes.uint32:
      return high === 0;
    case numberCodes.int8:
      return high === low >> 31 && low === (low << 24) >> 24;
    case numberCodes.int16:
      return high === low >> 31 && low === (low << 16) >> 16;
    case numberCodes.int32:
      return high === low >> 31;
    default:
      return true;
  }
}

/** float32 bits of the float at `view[at]`: what a tf.Example stores. */
export function floatBits(view: DataView, at: number, code: NumberCode): number {
  switch (code) {
    case numberCodes.float32:
      return view.getInt32(at, true);
    case numberCodes.float64:
      return float64ToFloat32Bits(view, at);
    case numberCodes.float16:
      return float16ToFloat32Bits(view.getUint16(at, true));
    default:
      return bfloat16ToFloat32Bits(view.getUint16(at, true));
  }
}
