/** How often data that grows is published, finest first. All periods are of UTC: a name must mean the same hours wherever it is read. */
export const snapshotPeriods = ['hourly', 'daily', 'weekly', 'monthly'] as const;
export type SnapshotPeriod = (typeof snapshotPeriods)[number];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The first instant of the period that holds `time`, in milliseconds since 1970. Weeks begin on Monday. */
export function startOfPeriod(period: SnapshotPeriod, time: Date): number {
  const ms = time.getTime();
  switch (period) {
    case 'hourly':
      return ms - modulo(ms, hourMs);
    case 'daily':
      return ms - modulo(ms, dayMs);
    case 'weekly':
      return ms - modulo(ms, dayMs) - modulo(time.getUTCDay() - 1, 7) * dayMs;
    case 'monthly':
      return Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), 1);
  }
}

/** The first instant after the period that begins at `from`. UTC has no summer time and, to JavaScript, no leap seconds. */
export function endOfPeriod(period: SnapshotPeriod, from: number): number {
  switch (period) {
    case 'hourly':
      return from + hourMs;
    case 'daily':
      return from + dayMs;
    case 'weekly':
      return from + 7 * dayMs;
    case 'monthly': {
      const start = new Date(from);
      return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
    }
  }
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
