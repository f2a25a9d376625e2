import { DatasetsError } from '../core/errors/index.js';
import type { Key } from '../pipeline/index.js';

/** The flag u makes surrogates match only where they are alone; ASCII is passed quickly. */
const loneSurrogate = /[\ud800-\udfff]/u;

/**
 * The bytes of a key that are hashed and kept in its row, as in tfds' core/hashing.py: text with `\` turned into `/`, in UTF-8; integers in
 * decimal; bytes as they are. So 1, 1n and '1' are the same key of an example.
 *
 * @throws DatasetsError KEY_INVALID for anything else: floats, text that has no UTF-8 form.
 */
export function keyBytes(key: Key): Uint8Array {
  if (key instanceof Uint8Array) return key;
  return Buffer.from(keyText(key), 'utf8');
}

/** The text of a key that is not bytes, normalised as it is hashed. */
export function keyText(key: string | number | bigint): string {
  if (typeof key === 'string') return normalisedText(key);
  if (typeof key === 'bigint') return key.toString();
  if (typeof key === 'number' && Number.isSafeInteger(key)) return key.toString();
  throw new DatasetsError('KEY_INVALID', `a key must be text, an integer or bytes, but got ${describe(key)}`, {
    hint: 'Make the key text, or an integer between -(2^53-1) and 2^53-1, or a bigint.',
  });
}

function normalisedText(key: string): string {
  if (loneSurrogate.test(key)) {
    throw new DatasetsError(
      'KEY_INVALID',
      `a key must have a UTF-8 form, but got ${JSON.stringify(key)}, with half a surrogate pair`,
      {
        hint: 'Text cut in the middle of a character does this: cut by code points, or use bytes as the key.',
      },
    );
  }
  return key.includes('\\') ? key.replaceAll('\\', '/') : key;
}

function describe(value: unknown): string {
  if (typeof value === 'number') return `the number ${value}`;
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
