/** A length of time in words: a number of seconds is easily one zero too long. */
export type Duration = `${number} ${'minute' | 'minutes' | 'hour' | 'hours' | 'day' | 'days'}`;

const unitSeconds: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

/**
 * Reads a length of time as a class says it.
 *
 * @returns whole seconds, or undefined for what is no `Duration`
 * @example
 * ```ts
 * durationSeconds('26 hours'); // 93600
 * ```
 */
export function durationSeconds(duration: unknown): number | undefined {
  const match = typeof duration === 'string' ? /^(\d+(?:\.\d+)?) (minute|hour|day)s?$/.exec(duration) : null;
  const unit = unitSeconds[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
}
