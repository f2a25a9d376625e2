type Refuse = (message: string, hint: string) => never;

interface Field {
  readonly name: string;
  readonly lowest: number;
  readonly highest: number;
  /** Names for its numbers, from the lowest. */
  readonly words?: readonly string[];
}

/** The fields of POSIX' crontab: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/crontab.html */
const fields: readonly Field[] = [
  { name: 'minute', lowest: 0, highest: 59 },
  { name: 'hour', lowest: 0, highest: 23 },
  { name: 'day of the month', lowest: 1, highest: 31 },
  {
    name: 'month',
    lowest: 1,
    highest: 12,
    words: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  { name: 'day of the week', lowest: 0, highest: 6, words: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
];

/**
 * Reads a cron expression, as far as cron, Kubernetes, GitHub Actions and Cloud Scheduler all mean the same by it.
 *
 * That leaves out Sunday as 7 (Kubernetes refuses it), steps of a single number (`5/15` is `5-59/15` to Kubernetes, and an error to cron), and days of the month beside days of the week (cron
 * means both at once where one of them begins with `*`, Kubernetes either).
 *
 * @returns five fields of numbers, one space apart: `0 3 * * MON-FRI` is `0 3 * * 1-5`
 */
export function readCronExpression(text: string, refuse: Refuse): string {
  if (text.startsWith('@')) {
    refuse(
      `schedule.cron is '${text}', which GitHub and Cloud Scheduler don't know`,
      "Write the five fields: '0 3 * * *' is every day at 3.",
    );
  }
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    refuse(
      `schedule.cron is '${text}', which has ${parts.length} ${parts.length === 1 ? 'field' : 'fields'}`,
      "Write five: minute, hour, day of the month, month, day of the week. '0 3 * * *' is every day at 3.",
    );
  }
  const read = fields.map((field, index) => readField(parts[index] ?? '', field, refuse));
  if (read[2] !== '*' && read[4] !== '*') {
    refuse(
      `schedule.cron is '${text}': with days of the month and of the week, some schedulers mean either and some both`,
      'Name days of the month or days of the week, and write * for the other.',
    );
  }
  return read.join(' ');
}

function readField(text: string, field: Field, refuse: Refuse): string {
  return text
    .split(',')
    .map((part) => readPart(part, field, refuse))
    .join(',');
}

function readPart(text: string, field: Field, refuse: Refuse): string {
  const [, from = '', to, step] = /^(\*|[0-9a-z]+)(?:-([0-9a-z]+))?(?:\/(\d+))?$/i.exec(text) ?? [];
  const what = `schedule.cron has '${text}' for the ${field.name}`;
  const hint = `Write *, numbers from ${field.lowest} to ${field.highest}, ranges (1-5), steps of them (*/15, 0-30/10), or several with commas.`;
  if (from === '' || (from === '*' && to !== undefined)) return refuse(what, hint);
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.highest)) return refuse(what, hint);
  const steps = step === undefined || Number(step) === 1 ? '' : `/${Number(step)}`;
  if (from === '*') return `*${steps}`;
  const first = readNumber(from, field);
  const last = to === undefined ? undefined : readNumber(to, field);
  if (first === undefined || (to !== undefined && last === undefined)) return refuse(what, sundayHint(field, hint));
  if (last === undefined) {
    if (step === undefined) return String(first);
    return refuse(`${what}: a step needs a range`, `Write ${first}-${field.highest}/${step}.`);
  }
  if (last < first) return refuse(`${what}, which ends before it begins`, 'Write two ranges with a comma: 22-23,0-3.');
  return `${first}-${last}${steps}`;
}

function readNumber(text: string, { lowest, highest, words = [] }: Field): number | undefined {
  const word = words.indexOf(text.toUpperCase());
  const value = word >= 0 ? lowest + word : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= lowest && value <= highest ? value : undefined;
}

function sundayHint({ name }: Field, hint: string): string {
  return name === 'day of the week' ? `${hint} Sunday is 0.` : hint;
}
