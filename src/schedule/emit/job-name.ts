import { createHash } from 'node:crypto';
import type { CheckedSchedule } from '../../builder/index.js';

/** Kubernetes appends eleven characters to the names of CronJobs, and allows 63. */
const longestName = 52;

/**
 * A name for what runs at a schedule, the same wherever it is emitted: `rebuild-daily-0300-asia-tokyo`.
 *
 * Schedules that are no plain hour are named by a digest: what their fields say is in the file.
 */
export function jobName({ cron, timezone }: CheckedSchedule): string {
  const zone = timezone.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const name = `rebuild-${occasion(cron) ?? `cron-${digest(cron)}`}-${zone}`;
  return name.length <= longestName ? name : `rebuild-${digest(`${timezone} ${cron}`)}`;
}

function occasion(cron: string): string | undefined {
  const [minute = '', hour = '', day = '', month, weekday = ''] = cron.split(' ');
  if (!isNumber(minute) || month !== '*') return undefined;
  if (hour === '*' && day === '*' && weekday === '*') return `hourly-${minute.padStart(2, '0')}`;
  if (!isNumber(hour)) return undefined;
  const time = `${hour.padStart(2, '0')}${minute.padStart(2, '0')}`;
  if (day === '*' && weekday === '*') return `daily-${time}`;
  if (day === '*' && /^\d(?:-\d)?$/.test(weekday)) return `weekly-${weekday}-${time}`;
  return weekday === '*' && isNumber(day) ? `monthly-${day}-${time}` : undefined;
}

function isNumber(field: string): boolean {
  return /^\d+$/.test(field);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
