/** `1,234,567`: the same on every machine. Not by `toLocaleString`, whose tables take every build 11 ms to load. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 example`, `1,000 examples` */
export function examplesText(count: number): string {
  return `${countText(count)} ${count === 1 ? 'example' : 'examples'}`;
}

/**
 * A fraction in per cent, cut after two digits: so that a share below a limit is never shown as if it reached it.
 *
 * @example
 * shareText(0.98996); // '98.99 %'
 */
export function shareText(fraction: number): string {
  // Of 0.29 * 10000 floats make 2899.9999…
  const cut = Math.floor(Number((fraction * 10_000).toPrecision(12))) / 100;
  return `${cut.toLocaleString('en-US')} %`;
}
