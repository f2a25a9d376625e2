/** Powers of ten that are doubles exactly: 10^0 to 10^22, since 5^22 < 2^53. */
export const exactPowers: Float64Array = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Exponents whose powers leave room to both sides: what is computed with them, and what that loses, are normal doubles. */
export const leastExponent = -290;
export const greatestExponent = 280;

/** Doubles that one power takes. */
export const powerStride = 4;

/**
 * Powers of ten to about 107 bits, each made when it is first used (3 us; all of them would take 1 ms of every start).
 *
 * At `(exponent - leastExponent) * powerStride` lie the nearest double, the double nearest to what it lacks, and the two halves of the first: 26 bits each, whose products are exact (Veltkamp).
 */
export const powersOfTen: Float64Array = new Float64Array((greatestExponent - leastExponent + 1) * powerStride);

/** Makes the power whose place in the table still holds 0. */
export function makePower(exponent: number): void {
  const [nearest, lacking] = exponent >= 0 ? nearestTwo(10n ** BigInt(exponent)) : smallPower(BigInt(-exponent));
  const at = (exponent - leastExponent) * powerStride;
  const high = upperHalf(nearest);
  powersOfTen[at] = nearest;
  powersOfTen[at + 1] = lacking;
  powersOfTen[at + 2] = high;
  powersOfTen[at + 3] = nearest - high;
}

/** The upper 26 bits of a double below 2^996 (T. J. Dekker, A floating-point technique for extending the available precision, 1971). */
export function upperHalf(value: number): number {
  const shifted = 134217729 * value;
  return shifted - (shifted - value);
}

/** 10^-places, from the whole number 2^scale / 10^places: that has 128 bits and more, and is below 2^1024. */
function smallPower(places: bigint): readonly [number, number] {
  const scale = 4n * places + 128n;
  const [nearest, lacking] = nearestTwo((1n << scale) / 10n ** places);
  // In two steps: 2^-scale may be no normal double.
  const first = 2 ** -Number(scale / 2n);
  const second = 2 ** -Number(scale - scale / 2n);
  return [nearest * first * second, lacking * first * second];
}

function nearestTwo(whole: bigint): readonly [number, number] {
  const nearest = Number(whole);
  return [nearest, Number(whole - BigInt(nearest))];
}
