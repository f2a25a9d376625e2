import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';

/** Long keys are cut: a message should fit a screen. */
const maxShown = 200;

/**
 * A key as messages show it: text in quotes, other bytes in hexadecimal; a private one as the beginning of its hash, by which its owner can find it.
 */
export function showKey(split: string, key: Uint8Array, isPrivate: boolean): string {
  if (isPrivate) return `(private, md5 ${createHash('md5').update(split).update(key).digest('hex').slice(0, 12)}...)`;
  if (!isUtf8(key)) return cut(`0x${Buffer.from(key).toString('hex')}`);
  return `'${cut(Buffer.from(key).toString('utf8'))}'`;
}

function cut(text: string): string {
  return text.length <= maxShown ? text : `${text.slice(0, maxShown)}...`;
}
