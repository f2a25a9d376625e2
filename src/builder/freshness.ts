import { durationSeconds } from './duration.js';

const leastMinutes = 5;
const mostDays = 3660;

/** Refuses a `freshness` that is no length of time, or one that nobody means. */
export function checkFreshness(freshness: unknown, refuse: (message: string, hint: string) => never): void {
  if (freshness === undefined) return;
  const seconds = durationSeconds(freshness);
  if (seconds !== undefined && seconds >= leastMinutes * 60 && seconds <= mostDays * 86_400) return;
  refuse(
    `freshness is ${JSON.stringify(freshness) ?? String(freshness)}`,
    `Write '26 hours' or '8 days': how old its newest data may be, from ${leastMinutes} minutes to ${mostDays} days.`,
  );
}
