/** What a column of a result is declared to be. A trailing `?` lets it be NULL. */
export type SqlType = SqlBaseType | `${SqlBaseType}?`;

export const baseTypes = [
  ...(['string', 'bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'] as const),
  ...(['float32', 'float64', 'decimal', 'date', 'time', 'timestamp', 'bytes'] as const),
] as const;

export type SqlBaseType = (typeof baseTypes)[number];

/** Types by column name. */
export type SqlTypes = Readonly<Record<string, SqlType>>;

/** How 64-bit integers, times and timestamps come. */
export interface SqlChoices {
  readonly int64: 'bigint' | 'number';
  readonly timestamps: 'integer' | 'date';
}

interface JavaScriptTypes<C extends SqlChoices> {
  string: string;
  bool: boolean;
  int8: number;
  int16: number;
  int32: number;
  int64: Integer<C>;
  uint8: number;
  uint16: number;
  uint32: number;
  uint64: Integer<C>;
  float32: number;
  float64: number;
  decimal: string;
  date: Date;
  time: Integer<C>;
  timestamp: C['timestamps'] extends 'date' ? Date : Integer<C>;
  bytes: Uint8Array;
}

type Integer<C extends SqlChoices> = C['int64'] extends 'number' ? number : bigint;

type SqlValue<T extends SqlType, C extends SqlChoices> = T extends `${infer Base extends SqlBaseType}?`
  ? JavaScriptTypes<C>[Base] | null
  : T extends SqlBaseType
    ? JavaScriptTypes<C>[T]
    : never;

/** The row that declared types give; of columns that are not declared nothing is known. */
export type SqlRow<T extends SqlTypes, C extends SqlChoices> = { readonly [K in keyof T]: SqlValue<T[K], C> } & {
  readonly [column: string]: unknown;
};

/** A type without its `?`. */
export function baseOf(type: SqlType): { readonly base: SqlBaseType; readonly optional: boolean } {
  // What is left without the question mark is one of the names, by the type's own definition.
  return type.endsWith('?')
    ? { base: type.slice(0, -1) as SqlBaseType, optional: true }
    : { base: type as SqlBaseType, optional: false };
}
