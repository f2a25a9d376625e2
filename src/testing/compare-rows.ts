import { createHash } from 'node:crypto';
import { encodeValue } from '../values/index.js';

export type Row = Readonly<Record<string, unknown>>;

/** What one of two queries gave. */
export interface QueryRows {
  /** What messages call it. */
  readonly name: string;
  readonly rows: readonly Row[];
}

export interface RowComparison {
  /** Whether the order of the rows counts, too. */
  readonly isOrdered: boolean;
  /** Columns whose values are shown as the beginning of their sha256. */
  readonly hidden: ReadonlySet<string>;
}

/** How the rows of two queries differ, in lines for whoever wrote them; undefined where they are the same. Values are the same when their canonical encodings are. */
export function differenceOf(first: QueryRows, second: QueryRows, comparison: RowComparison): string | undefined {
  const columns = differentColumns(first, second) ?? differentKinds(first, second);
  if (columns !== undefined) return columns;
  const [onlyFirst, onlySecond] = [without(first.rows, second.rows), without(second.rows, first.rows)];
  if (onlyFirst.length > 0 || onlySecond.length > 0) {
    const names = differingColumns(onlyFirst, onlySecond);
    return [
      `${first.name} gives ${first.rows.length} rows, ${second.name} ${second.rows.length}; ${first.rows.length - onlyFirst.length} are in both`,
      ...(names.length === 0 ? [] : [`different in: ${names.join(', ')}`]),
      ...examples(first.name, onlyFirst, comparison),
      ...examples(second.name, onlySecond, comparison),
    ].join('\n');
  }
  return comparison.isOrdered ? differentOrder(first, second, comparison) : undefined;
}

function differentColumns(first: QueryRows, second: QueryRows): string | undefined {
  const [here, there] = [columnsOf(first.rows), columnsOf(second.rows)];
  // Without rows nothing is known of columns.
  if (here.size === 0 || there.size === 0) return undefined;
  const lines = [...missingFrom(there, here, first.name), ...missingFrom(here, there, second.name)];
  return lines.length === 0 ? undefined : lines.join('\n');
}

function missingFrom(own: ReadonlySet<string>, all: ReadonlySet<string>, name: string): string[] {
  return [...all].filter((column) => !own.has(column)).map((column) => `only ${name} has a column ${column}`);
}

/** `number` and `bigint` are two types to whoever reads the rows. */
function differentKinds(first: QueryRows, second: QueryRows): string | undefined {
  for (const column of columnsOf(first.rows)) {
    const [here, there] = [kindsOf(first.rows, column), kindsOf(second.rows, column)];
    if (here === '' || there === '' || here === there) continue;
    return `column ${column} is ${here} of ${first.name}, and ${there} of ${second.name}: declare it in \`types\`, or cast it in the queries`;
  }
  return undefined;
}

function columnsOf(rows: readonly Row[]): ReadonlySet<string> {
  return new Set(Object.keys(rows[0] ?? {}));
}

function kindsOf(rows: readonly Row[], column: string): string {
  const kinds = new Set(rows.flatMap((row) => kindOf(row[column]) ?? []));
  return [...kinds].sort().join(' or ');
}

function kindOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return 'array';
  return typeof value === 'object' ? value.constructor.name : typeof value;
}

/** Rows of one that are not in the other, each as often as it is there more often. */
function without(rows: readonly Row[], others: readonly Row[]): readonly Row[] {
  const left = new Map<string, number>();
  for (const row of others) {
    const key = digestOf(row);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  return rows.filter((row) => {
    const key = digestOf(row);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(encodeValue(value)).digest('hex');
}

/** Columns that hold, in these rows, other values, or the same in another number. */
function differingColumns(first: readonly Row[], second: readonly Row[]): readonly string[] {
  const valuesOf = (rows: readonly Row[], column: string) => rows.map((row) => digestOf(row[column])).sort();
  if (first.length === 0 || second.length === 0) return [];
  return [...columnsOf(first)].filter((column) => valuesOf(first, column).join() !== valuesOf(second, column).join());
}

function differentOrder(first: QueryRows, second: QueryRows, comparison: RowComparison): string | undefined {
  const index = first.rows.findIndex((row, i) => digestOf(row) !== digestOf(second.rows[i]));
  if (index < 0) return undefined;
  const at = (rows: readonly Row[]) => rows.slice(index, index + 1);
  return [
    `the same ${first.rows.length} rows come in another order, from row ${index + 1} on`,
    ...examples(first.name, at(first.rows), comparison),
    ...examples(second.name, at(second.rows), comparison),
  ].join('\n');
}

const mostExamples = 3;

function examples(name: string, rows: readonly Row[], { hidden }: RowComparison): string[] {
  const shown = rows.slice(0, mostExamples).map((row) => `  only ${name}: ${shownRow(row, hidden)}`);
  return rows.length > mostExamples ? [...shown, `  and ${rows.length - mostExamples} more`] : shown;
}

function shownRow(row: Row, hidden: ReadonlySet<string>): string {
  const cells = Object.entries(row).map(([column, value]) => {
    const text = hidden.has(column) ? `sha256 ${digestOf(value).slice(0, 8)}` : shownValue(value);
    return `${column}: ${text}`;
  });
  return `{ ${cells.join(', ')} }`;
}

const mostCharacters = 100;

function shownValue(value: unknown): string {
  const text = JSON.stringify(value, replacer) ?? 'undefined';
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`;
}

function replacer(this: unknown, _: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  // JSON has no names for these.
  return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? String(value) : value;
}
