export interface ArrowOptions {
  /** Only these columns, in this order. */
  readonly columns?: readonly string[];
  /** How 64-bit integers come, and timestamps, times and durations as counts of their unit: `bigint` (the default), or `number`, where one beyond 2^53 - 1 is an error. */
  readonly int64?: 'bigint' | 'number';
  /** How timestamps come: as the count of seconds, milli-, micro- or nanoseconds that the file holds (the default), or as Date, where one with a part of a millisecond is an error. */
  readonly timestamps?: 'integer' | 'date';
  /** Adds a property of this name with the row's index in its file, counted from 0. */
  readonly rowIndex?: string;
}
