/** What a field of a CSV file is converted to. A trailing `?` lets the field be empty: it is null then. */
export type CsvType = CsvBaseType | `${CsvBaseType}?`;

export type CsvBaseType =
  | 'string'
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float32'
  | 'float64';

/** Types by column name. Columns that are not named stay strings. */
export type CsvTypes = Readonly<Record<string, CsvType>>;

interface JavaScriptTypes {
  string: string;
  bool: boolean;
  int8: number;
  int16: number;
  int32: number;
  int64: bigint;
  uint8: number;
  uint16: number;
  uint32: number;
  uint64: bigint;
  float32: number;
  float64: number;
}

/** The value that a field of a type becomes: integers of 64 bits are bigint, all other numbers `number`. */
export type CsvValue<T extends CsvType> = T extends `${infer Base extends CsvBaseType}?`
  ? JavaScriptTypes[Base] | null
  : T extends CsvBaseType
    ? JavaScriptTypes[T]
    : never;

/** The row that declared types give; columns that are not declared are strings. */
export type CsvRow<T extends CsvTypes> = { readonly [K in keyof T]: CsvValue<T[K]> } & {
  readonly [column: string]: string;
};
