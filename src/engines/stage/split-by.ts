import { hash } from 'node:crypto';
import type { UserFunction } from '../../pipeline/index.js';
import { ValueWriter } from '../../values/index.js';
import { md5Block, md5InitialState, swapBytes } from '../../writers/index.js';
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

/** For each part the number below which an element is its; the last one used has none. */
export function upperBounds(fractions: readonly number[]): number[] {
  const lastUsed = fractions.findLastIndex((fraction) => fraction > 0);
  let sum = 0;
  return fractions.map((fraction, index) => {
    sum += fraction;
    return index >= lastUsed ? Number.POSITIVE_INFINITY : sum;
  });
}

const writer = new ValueWriter();
const state = new Int32Array(4);
const block = new Int32Array(16);
const blockBytes = new Uint8Array(block.buffer);
/** Longer messages need a second block for their padding (RFC 1321, 3.1). */
const oneBlockBytes = 55;

/** A number in [0, 1) that depends on the key alone. Short keys are hashed here: crossing into node:crypto costs more than MD5 itself. */
export function unitInterval(key: unknown): number {
  writer.length = 0;
  writer.write(key);
  const { bytes, length } = writer;
  if (length > oneBlockBytes)
    return Number.parseInt(hash('md5', bytes.subarray(0, length), 'hex').slice(0, 13), 16) / 2 ** 52;
  block.fill(0);
  for (let i = 0; i < length; i++) blockBytes[i] = bytes[i] as number;
  blockBytes[length] = 0x80;
  block[14] = length << 3;
  state.set(md5InitialState);
  md5Block(state, block, 0);
  const [high, low] = [swapBytes(state[0] as number) >>> 0, swapBytes(state[1] as number) >>> 12];
  return (high * 2 ** 20 + low) / 2 ** 52;
}
