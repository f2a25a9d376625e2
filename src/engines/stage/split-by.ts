import { hash } from 'node:crypto';
import type { UserFunction } from '../../pipeline/index.js';
import { encodeValue } from '../../values/index.js';
import { invalidKey, isKey, type StepParts } from './element-steps.js';
import { discard, type Push } from './push.js';

/**
 * splitBy: hands an element to one part.
 *
 * The formula, which must never change since it decides which examples are in `test`: x = the first 52 bits of md5(canonical encoding of the key) / 2^52;
 * the element goes to the first part whose sum of fractions, its own and those before it, is larger than x, else to the last part
 * with a fraction above 0.
 *
 * @param parts by the index of the fraction; undefined where nobody reads a part.
 */
export function splitByStep(
  step: Omit<StepParts, 'next'>,
  fn: UserFunction,
  fractions: readonly number[],
  parts: readonly (Push | undefined)[],
): Push {
  const { node, context } = step;
  const bounds = upperBounds(fractions);
  const pushes = fractions.map((_, index) => parts[index] ?? discard);
  return (value, key) => {
    let splitKey: unknown;
    try {
      splitKey = fn(value, key);
    } catch (cause) {
      throw context.userError(node, cause, key);
    }
    if (!isKey(splitKey)) throw context.userError(node, invalidKey(splitKey), key);
    const x = unitInterval(splitKey);
    let part = 0;
    while (x >= (bounds[part] as number)) part++;
    (pushes[part] as Push)(value, key);
  };
}

function upperBounds(fractions: readonly number[]): number[] {
  const lastUsed = fractions.findLastIndex((fraction) => fraction > 0);
  let sum = 0;
  return fractions.map((fraction, index) => {
    sum += fraction;
    return index >= lastUsed ? Number.POSITIVE_INFINITY : sum;
  });
}

/** A number in [0, 1) that depends on the key alone. */
export function unitInterval(key: unknown): number {
  return Number.parseInt(hash('md5', encodeValue(key), 'hex').slice(0, 13), 16) / 2 ** 52;
}
