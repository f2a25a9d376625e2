const unitBytes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
};

/**
 * Reads a size as people write it: `256MiB`, `1.5 GiB`, `64MB`, `4096`. KiB, MiB, GiB, TiB are powers of 1024, kB, MB, GB, TB of 1000.
 *
 * @returns whole bytes, or undefined when the text is no size.
 * @example
 * ```ts
 * parseByteSize('256MiB'); // 268435456
 * ```
 */
export function parseByteSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  if (match === null) return undefined;
  const unit = unitBytes[(match[2] ?? '').toLowerCase()];
  if (unit === undefined) return undefined;
  const bytes = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
