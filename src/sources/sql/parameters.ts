import { createHash } from 'node:crypto';
import { DatasetsError } from '../../core/errors/index.js';

/** A value that a query is given: integers are BIGINT (INT64), other numbers DOUBLE (FLOAT64), Dates TIMESTAMP. */
export type SqlParameter = null | boolean | number | bigint | string | Date | Uint8Array;

/** Values by name: `$name` in DuckDB, `@name` in BigQuery. */
export type SqlParameters = Readonly<Record<string, SqlParameter>>;

/** The same for the same values, whatever their order. */
export function digestOfParameters(parameters: SqlParameters): string {
  const entries = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(entries.map(([name, value]) => [name, ...canonical(value)])))
    .digest('hex');
}

function canonical(value: SqlParameter): readonly [type: string, text: string] {
  if (value === null) return ['null', ''];
  if (value instanceof Date) return ['timestamp', value.toISOString()];
  if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('hex')];
  if (typeof value === 'number' && Object.is(value, -0)) return ['number', '-0'];
  return [typeof value, String(value)];
}

/** @throws DatasetsError PIPELINE_INVALID for what a query cannot be given; the value is not shown. */
export function checkParameters(parameters: SqlParameters): SqlParameters {
  for (const [name, value] of Object.entries<unknown>(parameters)) {
    const problem = problemOf(value);
    if (problem === undefined) continue;
    throw new DatasetsError('PIPELINE_INVALID', `the parameter ${name} of sql() ${problem}`, {
      hint: 'Parameters are null, booleans, numbers, bigints, strings, Dates and Uint8Arrays.',
      at: { field: name },
    });
  }
  return parameters;
}

function problemOf(value: unknown): string | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return undefined;
  if (value instanceof Uint8Array) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'is an invalid Date' : undefined;
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? undefined : 'has more than 64 bits';
  if (typeof value !== 'number') return `is ${value === undefined ? 'undefined' : `of type ${typeof value}`}`;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return 'is too large to be exact; give a bigint';
  return undefined;
}
