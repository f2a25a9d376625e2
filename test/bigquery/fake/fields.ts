/** A column as the REST API describes it, with its older names of types. */
export interface FakeField {
  readonly name: string;
  readonly type: FakeType;
  readonly mode?: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  readonly description?: string;
  readonly policyTags?: { readonly names: readonly string[] };
  /** Of a RECORD. */
  readonly fields?: readonly FakeField[];
}

export type FakeType =
  | 'BOOLEAN'
  | 'BYTES'
  | 'BIGNUMERIC'
  | 'DATE'
  | 'DATETIME'
  | 'FLOAT'
  | 'GEOGRAPHY'
  | 'INTEGER'
  | 'JSON'
  | 'NUMERIC'
  | 'RECORD'
  | 'STRING'
  | 'TIME'
  | 'TIMESTAMP';

/**
 * Values by column: BOOLEAN boolean, BYTES Uint8Array, INTEGER bigint or number, FLOAT number; DATE days since 1970 as a number; DATETIME, TIME and TIMESTAMP microseconds as bigint; NUMERIC and
 * BIGNUMERIC their notation; RECORD an object; the others strings. REPEATED is an array of them.
 */
export type FakeRow = Readonly<Record<string, unknown>>;

/** `[{ name: 'id', type: 'INTEGER' }, …]` from `{ id: 'INTEGER' }`. */
export function fieldsOf(types: Readonly<Record<string, FakeType>>): readonly FakeField[] {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}

/** The integer that a decimal notation means at a scale: `1.5` at 9 is 1500000000. */
export function unscaled(notation: string, scale: number): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(notation);
  const [, sign = '', whole = '', fraction = ''] = match ?? [];
  if (match === null || fraction.length > scale) throw new TypeError(`${notation} is no decimal of scale ${scale}`);
  const digits = BigInt(whole + fraction.padEnd(scale, '0'));
  return sign === '-' ? -digits : digits;
}

export const numericScale = 9;
export const bigNumericScale = 38;
