/**
 * What is known of a field after every value of it was read: inferred for CSV, JSON Lines and JSON, which declare nothing, and taken from the file's schema for
 * Parquet and Arrow.
 */
export interface FieldFacts {
  readonly name: string;
  readonly type: FieldType;
  /** Some example has no value: an empty field of a CSV file, null, or an object without the property. */
  readonly optional: boolean;
  /** Examples that were read; for the element of a list, elements. */
  readonly rows: number;
  /** How many of them have no value. */
  readonly missing: number;
  /** Of numbers, dates and timestamps; undefined where there is no value. Dates and timestamps are ISO 8601. */
  readonly minimum?: number | bigint | string;
  readonly maximum?: number | bigint | string;
  /** All values as text, sorted, where there are at most 100 and each comes at least twice on average: they may be names of classes. */
  readonly distinct?: readonly string[];
  /** The number type that the file's schema declares: `int8`, `uint32`, `float32`, ...; `decimal` of strings that are exact decimals. */
  readonly dtype?: string;
  /** A type that nearly all values are of, and where the first stands that is not: a typing error, or a mark for a missing value. */
  readonly except?: NearlyOfType;
}

export interface NearlyOfType {
  readonly type: 'bool' | 'float64' | 'int64' | 'timestamp';
  /** How many values are of it. */
  readonly values: number;
  /** The first value that is not: `reviews.csv line 812`. */
  readonly firstOther: string;
}

/**
 * The type of a field. Dates and timestamps of text files are strings to those who read them; those of Parquet and Arrow are what the source's options say.
 */
export type FieldType =
  | { readonly kind: 'bool' | 'int64' | 'uint64' | 'float64' | 'string' | 'bytes' | 'date' }
  | { readonly kind: 'timestamp'; readonly unit?: 's' | 'ms' | 'us' | 'ns' }
  /** `element` holds the facts of all elements of all lists; `lengths` how many elements a list has. */
  | {
      readonly kind: 'list';
      readonly element: FieldFacts;
      readonly lengths: { readonly minimum: number; readonly maximum: number };
    }
  | { readonly kind: 'struct'; readonly fields: readonly FieldFacts[] }
  /** No example has a value. */
  | { readonly kind: 'null' }
  /** No feature holds it as it is. */
  | { readonly kind: 'unsupported'; readonly reason: string };
