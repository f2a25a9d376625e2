import { InvalidArgumentError } from 'commander';
import { parseByteSize } from '../../src/core/config/index.js';

/** Makes a parser of whole numbers from `least` up. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} up.`);
  };
}

/** Collects a flag that may be repeated, and whose values may be comma lists: `--exclude a,b --exclude c`. */
export function list(text: string, before: readonly string[] = []): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  return [...before, ...parts.filter((part) => part !== '')];
}

/** A size like `256MiB`, in bytes. */
export function byteSize(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new InvalidArgumentError('It must be a size like 256MiB or 1GiB, or a number of bytes.');
}

const unitMilliseconds = { h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A length of time like `30d`, in milliseconds. */
export function duration(text: string): number {
  const [, count = '', unit] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  if (unit === 'h' || unit === 'd' || unit === 'w') return Number(count) * unitMilliseconds[unit];
  throw new InvalidArgumentError('It must be a number of hours, days or weeks like 12h, 30d or 8w.');
}
