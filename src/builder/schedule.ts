import { nearest } from '../core/errors/index.js';
import { readCronExpression } from './cron-expression.js';

/** When a data set is to be rebuilt by whoever runs schedules (`schedule emit`). It makes no data. */
export interface Schedule {
  /** Minute, hour, day of the month, month, day of the week: `'0 3 * * *'` is every day at 3. */
  readonly cron: string;
  /** Whose clock that is, by its IANA name: `'Asia/Tokyo'`. Default: UTC. */
  readonly timezone?: string;
}

/** A schedule as it was checked: five fields of numbers, and a zone. */
export interface CheckedSchedule {
  readonly cron: string;
  readonly timezone: string;
}

type Refuse = (message: string, hint: string) => never;

const scheduleNames = ['cron', 'timezone'] as const;

/** Reads `schedule` of a class; what is wrong with it is refused by name. */
export async function readSchedule(schedule: unknown, refuse: Refuse): Promise<CheckedSchedule> {
  if (typeof schedule !== 'object' || schedule === null || Array.isArray(schedule)) {
    return refuse('schedule is no object', "Write `static override readonly schedule = { cron: '0 3 * * *' }`.");
  }
  for (const name of Object.keys(schedule)) {
    if (scheduleNames.some((known) => known === name)) continue;
    const meant = nearest(name, scheduleNames);
    refuse(`schedule has no ${name}`, meant === undefined ? 'It has cron and timezone.' : `Did you mean ${meant}?`);
  }
  const { cron, timezone = 'UTC' } = schedule as Readonly<Record<(typeof scheduleNames)[number], unknown>>;
  if (typeof cron !== 'string') {
    return refuse(`schedule.cron is ${JSON.stringify(cron) ?? 'missing'}`, "Write cron: '0 3 * * *': every day at 3.");
  }
  const checked = { cron: readCronExpression(cron, refuse), timezone: readTimezone(timezone, refuse) };
  const { Cron } = await import('croner');
  if (new Cron(checked.cron, { timezone: checked.timezone, mode: '5-part' }).nextRun() === null) {
    refuse(`schedule.cron is '${cron}', which is never`, 'No such day is in these months.');
  }
  return checked;
}

/** Kubernetes takes names of zones as they are written in the database; abbreviations mean several places. */
function readTimezone(timezone: unknown, refuse: Refuse): string {
  const hint = "Write the zone as the IANA database does: 'Asia/Tokyo', 'Europe/Berlin', 'UTC'.";
  if (typeof timezone !== 'string') return refuse(`schedule.timezone is ${JSON.stringify(timezone)}`, hint);
  if (timezone === 'UTC') return timezone;
  const known = Intl.supportedValuesOf('timeZone');
  if (known.includes(timezone)) return timezone;
  // Names that were given up for others are known by the newer one alone, or the other way round: Asia/Kolkata, Asia/Calcutta.
  if (/^[A-Z]\w+\/[A-Z][\w+/-]*$/.test(timezone) && isZone(timezone)) return timezone;
  const meant = nearest(timezone, known) ?? known.find((name) => name.toLowerCase() === timezone.toLowerCase());
  return refuse(`schedule.timezone is '${timezone}'`, meant === undefined ? hint : `Did you mean '${meant}'? ${hint}`);
}

function isZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // What differs in case alone is not found on disk.
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
