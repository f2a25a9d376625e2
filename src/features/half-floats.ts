const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bits of the float16 nearest to a number, ties to even (IEEE 754 binary16). */
export function float16Bits(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  // Rounding goes from the double at once: via float32 it would round twice, and now and then to the wrong side.
  const absolute = Math.abs(value);
  if (absolute >= 65520) return sign | 0x7c00;
  if (absolute < 2 ** -14) return sign | roundHalfEven(absolute * 2 ** 24);
  const exponent = (magnitude >>> 23) - 127;
  const mantissa = roundHalfEven(absolute * 2 ** (10 - exponent));
  // `mantissa` has its hidden bit; a carry out of it raises the exponent, which adding does by itself.
  return sign | (((exponent + 14) << 10) + mantissa);
}

/** The number that float16 bits stand for. */
export function float16Value(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The bits of the bfloat16 nearest to a number's float32, ties to even: the upper half of a float32 (ml_dtypes rounds the same way). */
export function bfloat16Bits(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  if ((word & 0x7fff_ffff) > 0x7f80_0000) return 0x7fc0 | ((word >>> 16) & 0x8000);
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}

/** The number that bfloat16 bits stand for. */
export function bfloat16Value(half: number): number {
  bits[0] = half << 16;
  return float[0] ?? 0;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5 || (rest === 0.5 && (floor & 1) === 1)) return floor + 1;
  return floor;
}
