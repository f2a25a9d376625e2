import { createHash } from 'node:crypto';
import { DatasetsError } from '../../core/errors/index.js';
import type { SqlBaseType } from './sql-types.js';
import { ParameterProblem, type TypedValue, typedValue } from './typed-value.js';

type Scalar = null | boolean | number | bigint | string | Date | Uint8Array;

/** A value, or an array of values, of a type that its JavaScript value doesn't tell: a day (`2026-01-31`), a time of day, a NUMERIC as text, an empty array. */
export interface TypedParameter {
  readonly sqlType: SqlBaseType;
  readonly value: Scalar | readonly Scalar[];
}

/**
 * A value that a query is given: integers are BIGINT (INT64), other numbers DOUBLE (FLOAT64), Dates TIMESTAMP, Uint8Arrays BLOB (BYTES), arrays lists of one type (ARRAY), plain objects STRUCT. What else there is says its type: `{ sqlType: 'date', value:
 * '2026-01-31' }`.
 */
export type SqlParameter =
  | Scalar
  | TypedParameter
  | readonly SqlParameter[]
  | { readonly [field: string]: SqlParameter };

/** Values by name: `$name` in DuckDB, `@name` in BigQuery. */
export type SqlParameters = Readonly<Record<string, SqlParameter>>;

/** The same for the same values, whatever their order. */
export function digestOfParameters(parameters: SqlParameters): string {
  const entries = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(entries.map(([name, value]) => [name, ...canonical(value)])))
    .digest('hex');
}

function canonical(value: SqlParameter): readonly [type: string, value: unknown] {
  if (value === null) return ['null', ''];
  if (value instanceof Date) return ['timestamp', value.toISOString()];
  if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('hex')];
  if (typeof value === 'object') return ['typed', plainly(typedValue(value))];
  if (typeof value === 'number' && Object.is(value, -0)) return ['number', '-0'];
  return [typeof value, String(value)];
}

/** In what JSON holds. */
function plainly(typed: TypedValue): unknown {
  switch (typed.kind) {
    case 'array':
      return [typed.kind, typed.element, typed.items.map(plainly)];
    case 'struct':
      return [typed.kind, typed.fields.map(([name, field]) => [name, plainly(field)])];
    default: {
      const { kind, value } = typed;
      if (value instanceof Uint8Array) return [kind, Buffer.from(value).toString('hex')];
      return [kind, value === null ? null : Object.is(value, -0) ? '-0' : String(value)];
    }
  }
}

/** @throws DatasetsError PIPELINE_INVALID for what a query cannot be given; the value is not shown. */
export function checkParameters(parameters: SqlParameters): SqlParameters {
  for (const [name, value] of Object.entries<unknown>(parameters)) {
    try {
      typedValue(value);
    } catch (error) {
      if (!(error instanceof ParameterProblem)) throw error;
      throw new DatasetsError('PIPELINE_INVALID', `the parameter ${name} of sql() ${error.message}`, {
        hint: "Parameters are null, booleans, numbers, bigints, strings, Dates and Uint8Arrays, arrays of one type and plain objects; or { sqlType: 'date', value: '2026-01-31' }.",
        at: { field: name },
      });
    }
  }
  return parameters;
}
