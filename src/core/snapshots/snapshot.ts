import { DatasetsError } from '../errors/index.js';
import { endOfPeriod, type SnapshotPeriod, startOfPeriod } from './period.js';

/** What is known of a data set at the end of one hour, day, week or month: all data before `to`. */
export interface Snapshot {
  /** `20261121T03`, `20261121`, of weeks the Monday `20261116`, `202611`. */
  readonly name: string;
  /** The first instant of its period. */
  readonly from: Date;
  /** The first instant after it: the time that the snapshot stands for. */
  readonly to: Date;
}

/** Dates that anybody has data of; six digits that are no month of these years are a number. */
const firstYear = 1970;
const lastYear = 2999;
/** A backfill of a century of hours; more is a typing error in a year. */
const mostSnapshots = 1_000_000;

const forms: Readonly<Record<SnapshotPeriod, { readonly form: RegExp; readonly example: string }>> = {
  hourly: { form: /^(\d{4})(\d\d)(\d\d)T(\d\d)$/, example: '20261121T03' },
  daily: { form: /^(\d{4})(\d\d)(\d\d)$/, example: '20261121' },
  weekly: { form: /^(\d{4})(\d\d)(\d\d)$/, example: '20261116' },
  monthly: { form: /^(\d{4})(\d\d)$/, example: '202611' },
};

/**
 * Reads the name of a snapshot. Its period is one of UTC.
 *
 * @throws DatasetsError NAME_INVALID where it is not the name of such a period: 29 February of another year than a leap year, a week that doesn't begin on Monday.
 * @example
 * ```ts
 * parseSnapshot('daily', '20261121').to; // 2026-11-22T00:00:00.000Z
 * ```
 */
export function parseSnapshot(period: SnapshotPeriod, text: string): Snapshot {
  const snapshot = readSnapshot(period, text);
  if (snapshot !== undefined) return snapshot;
  const monday = period === 'weekly' ? readSnapshot('daily', text) : undefined;
  const hint =
    monday === undefined
      ? `Such snapshots are named as ${forms[period].example}, of the years ${firstYear} to ${lastYear}.`
      : `Weeks are named for their Monday: ${snapshotAt('weekly', monday.from).name}.`;
  throw new DatasetsError('NAME_INVALID', `${JSON.stringify(text)} is no ${period} snapshot`, { hint });
}

/** As `parseSnapshot`, but undefined where it is none. */
export function readSnapshot(period: SnapshotPeriod, text: string): Snapshot | undefined {
  const match = forms[period].form.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0] = match.slice(1).map(Number);
  if (year < firstYear || year > lastYear) return undefined;
  const snapshot = snapshotFrom(period, startOfPeriod(period, new Date(Date.UTC(year, month - 1, day, hour))));
  // 20260230 is no 2 March, and a Tuesday no Monday.
  return snapshot.name === text ? snapshot : undefined;
}

/**
 * The snapshot whose period holds a time.
 *
 * @throws DatasetsError USAGE for a time outside of the years that snapshots are named for.
 * @example
 * ```ts
 * snapshotAt('weekly', new Date('2026-11-21T12:00:00Z')).name; // '20261116'
 * ```
 */
export function snapshotAt(period: SnapshotPeriod, time: Date): Snapshot {
  const year = time.getUTCFullYear();
  if (year >= firstYear && year <= lastYear) return snapshotFrom(period, startOfPeriod(period, time));
  const shown = Number.isNaN(time.getTime()) ? 'no time' : time.toISOString();
  throw new DatasetsError('USAGE', `there are no snapshots of ${shown}`, {
    hint: `Snapshots are of the years ${firstYear} to ${lastYear}.`,
  });
}

/**
 * The newest snapshot whose period is over.
 *
 * @example
 * ```ts
 * newestSnapshot('daily', new Date('2026-11-21T03:00:00Z')).name; // '20261120'
 * ```
 */
export function newestSnapshot(period: SnapshotPeriod, now: Date): Snapshot {
  return snapshotAt(period, new Date(snapshotAt(period, now).from.getTime() - 1));
}

/**
 * The snapshots whose periods lie within two times, oldest first: each begins at `from` or later and has ended by `to`.
 *
 * @throws DatasetsError USAGE for more than a million.
 * @example
 * ```ts
 * snapshotsBetween('monthly', new Date('2026-01-01'), new Date('2026-03-01')).map(({ name }) => name); // ['202601', '202602']
 * ```
 */
export function snapshotsBetween(period: SnapshotPeriod, from: Date, to: Date): readonly Snapshot[] {
  const found: Snapshot[] = [];
  const first = snapshotAt(period, from);
  let next = first.from.getTime() < from.getTime() ? first.to : first.from;
  for (;;) {
    const snapshot = snapshotFrom(period, next.getTime());
    if (snapshot.to.getTime() > to.getTime()) return found;
    if (found.length === mostSnapshots) throw tooMany(period, from, to);
    found.push(snapshot);
    next = snapshot.to;
  }
}

function snapshotFrom(period: SnapshotPeriod, start: number): Snapshot {
  const from = new Date(start);
  return { name: nameOf(period, from), from, to: new Date(endOfPeriod(period, start)) };
}

function nameOf(period: SnapshotPeriod, from: Date): string {
  // 2026-11-21T03:00:00.000Z
  const [date = '', time = ''] = from.toISOString().split('T');
  const day = date.replaceAll('-', '');
  if (period === 'hourly') return `${day}T${time.slice(0, 2)}`;
  return period === 'monthly' ? day.slice(0, 6) : day;
}

function tooMany(period: SnapshotPeriod, from: Date, to: Date): DatasetsError {
  const range = `${from.toISOString()} to ${to.toISOString()}`;
  return new DatasetsError('USAGE', `${range} has more than ${mostSnapshots} ${period} snapshots`, {
    hint: 'Look at the years, or ask for a shorter range.',
  });
}
