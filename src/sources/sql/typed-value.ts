import { baseTypes, type SqlBaseType } from './sql-types.js';

/** Types of values that go into a query, whatever the warehouse. */
export type ScalarKind = 'string' | 'bool' | 'int64' | 'float64' | 'decimal' | 'date' | 'time' | 'timestamp' | 'bytes';

export interface TypedScalar {
  /** `null`: a NULL of whatever type. */
  readonly kind: ScalarKind | 'null';
  /** Decimals as their notation, dates `2026-01-31`, times `23:59:59.999999`, timestamps `2026-01-31T23:59:59.999999Z`. */
  readonly value: null | boolean | number | bigint | string | Uint8Array;
}

/** A parameter with its type. */
export type TypedValue =
  | TypedScalar
  | { readonly kind: 'array'; readonly element: string; readonly items: readonly TypedValue[]; readonly of: TypedValue }
  | { readonly kind: 'struct'; readonly fields: readonly (readonly [name: string, value: TypedValue])[] };

/** What is wrong with a parameter, as the end of a sentence; never with its value. */
export class ParameterProblem extends Error {
  override readonly name = 'ParameterProblem';
}

/** @throws ParameterProblem */
export function typedValue(value: unknown): TypedValue {
  if (Array.isArray(value)) return arrayOf(value.map(typedValue), undefined);
  if (isPlainObject(value)) {
    if ('sqlType' in value) return declared(value['sqlType'], value['value']);
    const fields = Object.entries(value).map(([name, field]) => [name, typedValue(field)] as const);
    if (fields.length === 0) throw new ParameterProblem('is an object without fields');
    return { kind: 'struct', fields };
  }
  return scalarOf(value);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function scalarOf(value: unknown): TypedScalar {
  if (value === null) return { kind: 'null', value };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (typeof value === 'string') return { kind: 'string', value };
  if (value instanceof Uint8Array) return { kind: 'bytes', value };
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new ParameterProblem('is an invalid Date');
    return { kind: 'timestamp', value: value.toISOString() };
  }
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) throw new ParameterProblem('has more than 64 bits');
    return { kind: 'int64', value };
  }
  if (typeof value !== 'number') {
    throw new ParameterProblem(`is ${value === undefined ? 'undefined' : `of type ${typeof value}`}`);
  }
  if (!Number.isInteger(value) || Object.is(value, -0)) return { kind: 'float64', value };
  if (!Number.isSafeInteger(value)) throw new ParameterProblem('is too large to be exact; give a bigint');
  return { kind: 'int64', value: BigInt(value) };
}

/** One type for all: integers among other numbers are such numbers. */
function arrayOf(given: readonly TypedValue[], example: TypedValue | undefined): TypedValue {
  const isFloat = given.some(({ kind }) => kind === 'float64');
  const items = given.map((item) => (isFloat && item.kind === 'int64' ? toFloat(item) : item));
  const [first = example] = items;
  if (first === undefined)
    throw new ParameterProblem("is an array without elements: say of what type, { sqlType: 'int64', value: [] }");
  const element = typeName(first);
  if (items.some(({ kind }) => kind === 'null' || kind === 'array'))
    throw new ParameterProblem('is an array that holds null or an array');
  if (items.some((item) => typeName(item) !== element)) throw new ParameterProblem('is an array of several types');
  return { kind: 'array', element, items, of: first };
}

function toFloat({ value }: TypedScalar): TypedScalar {
  if (!Number.isSafeInteger(Number(value)))
    throw new ParameterProblem('is an array of numbers and an integer that no such number holds');
  return { kind: 'float64', value: Number(value) };
}

function typeName(value: TypedValue): string {
  if (value.kind !== 'struct') return value.kind;
  return `struct(${value.fields.map(([name, field]) => `${JSON.stringify(name)} ${typeName(field)}`).join(', ')})`;
}

function declared(sqlType: unknown, value: unknown): TypedValue {
  const base = baseTypes.find((name) => name === sqlType);
  if (base === undefined)
    throw new ParameterProblem(`has the sqlType ${JSON.stringify(sqlType)}, which is none of ${baseTypes.join(', ')}`);
  if (!Array.isArray(value)) return declaredScalar(base, value);
  return arrayOf(
    value.map((item) => declaredScalar(base, item)),
    { kind: kindOf(base), value: null },
  );
}

function kindOf(base: SqlBaseType): ScalarKind {
  if (/int/.test(base)) return 'int64';
  return base === 'float32' || base === 'float64' ? 'float64' : (base as ScalarKind);
}

const notations: Readonly<Partial<Record<ScalarKind, RegExp>>> = {
  decimal: /^-?\d{1,38}(?:\.\d{1,38})?$/,
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?$/,
  timestamp: /^\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z$/,
};

function declaredScalar(base: SqlBaseType, given: unknown): TypedScalar {
  const kind = kindOf(base);
  if (given === null) return { kind, value: null };
  const problem = new ParameterProblem(
    `is no ${base}${kind in examples ? `, which is written ${examples[kind]}` : ''}`,
  );
  const notation = notations[kind];
  if (kind === 'date' && given instanceof Date) return declaredScalar(base, isoOf(given).slice(0, 10));
  if (kind === 'timestamp' && given instanceof Date) return { kind, value: isoOf(given) };
  if (notation !== undefined) {
    if (typeof given !== 'string' || !notation.test(given)) throw problem;
    if (kind !== 'decimal' && kind !== 'time' && Number.isNaN(Date.parse(given.replace(' ', 'T')))) throw problem;
    return { kind, value: kind === 'timestamp' ? given.replace(' ', 'T') : given };
  }
  const scalar = scalarOf(given);
  if (kind === 'float64' && scalar.kind === 'int64') return toFloat(scalar);
  if (scalar.kind !== kind) throw problem;
  return scalar;
}

const examples: Readonly<Partial<Record<ScalarKind, string>>> = {
  decimal: "'12.50'",
  date: "'2026-01-31'",
  time: "'23:59:59.999999'",
  timestamp: "'2026-01-31T23:59:59.999999Z'",
};

function isoOf(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new ParameterProblem('is an invalid Date');
  return date.toISOString();
}
