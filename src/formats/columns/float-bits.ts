/**
 * Conversions between the float formats that JavaScript has no typed array for (float16 came with Node 24) and float32, on their bits. A NaN stays a NaN and
 * becomes quiet, as the hardware conversions in numpy do it.
 */

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

const quietBit = 0x0040_0000;
const infinityBits = 0x7f80_0000;

/** float32 bits of a float16 (IEEE 754 binary16); exact. */
export function float16ToFloat32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 1023;
  if (exponent === 31) return sign | infinityBits | (mantissa === 0 ? 0 : quietBit | (mantissa << 13));
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (mantissa << 13);
  if (mantissa === 0) return sign;
  const shift = Math.clz32(mantissa) - 21;
  return sign | ((113 - shift) << 23) | (((mantissa << shift) & 1023) << 13);
}

/** float16 nearest to a float32, ties to even; too large becomes infinite. */
export function float32BitsToFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > infinityBits) return sign | 0x7e00 | ((magnitude >>> 13) & 1023);
  if (magnitude >= 0x4780_0000) return sign | 0x7c00;
  if (magnitude >= 0x3880_0000) return sign | roundShift(magnitude - 0x3800_0000, 13);
  if (magnitude < 0x3300_0000) return sign;
  return sign | roundShift((magnitude & 0x7f_ffff) | 0x80_0000, 126 - (magnitude >>> 23));
}

/** float32 bits of a bfloat16 (the upper half of a float32); exact. */
export function bfloat16ToFloat32Bits(upper: number): number {
  const bits = upper << 16;
  return (bits & 0x7fff_ffff) > infinityBits ? bits | quietBit : bits;
}

/** bfloat16 nearest to a float32, ties to even. */
export function float32BitsToBfloat16(bits: number): number {
  if ((bits & 0x7fff_ffff) > infinityBits) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** float32 bits nearest to a float64. NaNs are converted by hand: an engine may give a NaN that it stores any payload. */
export function float64ToFloat32Bits(view: DataView, at: number): number {
  const value = view.getFloat64(at, true);
  if (!Number.isNaN(value)) {
    scratchFloat[0] = value;
    return scratchBits[0] as number;
  }
  const high = view.getUint32(at + 4, true);
  const low = view.getUint32(at, true);
  return (high & 0x8000_0000) | infinityBits | quietBit | ((high & 0xf_ffff) << 3) | (low >>> 29);
}

/** Writes the float64 equal to a float32 into `target`. */
export function putFloat64(target: DataView, at: number, bits: number): void {
  if ((bits & 0x7fff_ffff) > infinityBits) {
    target.setUint32(at, bits << 29, true);
    target.setUint32(at + 4, (bits & 0x8000_0000) | 0x7ff8_0000 | ((bits & 0x7f_ffff) >>> 3), true);
    return;
  }
  scratchBits[0] = bits;
  target.setFloat64(at, scratchFloat[0] as number, true);
}

/** `value >> shift`, rounded to the nearest, ties to even; shift is 1 to 31. */
function roundShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const odd = (value >>> shift) & 1;
  return (value + half - 1 + odd) >>> shift;
}
