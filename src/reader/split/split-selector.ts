/**
 * What part of a version is read: an expression of tfds (`train[:80%]+test`), or the same as values.
 *
 * A list is the sum of its parts, as `+` is in an expression.
 */
export type SplitSelector = string | SplitSlice | EvenPart | readonly SplitSelector[];

/** A slice of one split: what tfds calls a ReadInstruction. */
export interface SplitSlice {
  readonly split: string;
  /** Negative counts from the end. Default: the beginning. */
  readonly from?: number | undefined;
  /** Excluded; negative counts from the end. Default: the end. */
  readonly to?: number | undefined;
  /** What `from` and `to` count: examples, percent or shards. Default: examples. */
  readonly unit?: SliceUnit | undefined;
  /**
   * How percents become examples. `closest` (default): the nearest example, half to even. `pct1_dropremainder`: whole multiples of
   * one percent, so that every percent has as many examples, and the last ones may belong to none.
   */
  readonly rounding?: 'closest' | 'pct1_dropremainder' | undefined;
}

export type SliceUnit = 'examples' | '%' | 'shard';

/** One of `count` parts of nearly equal size. Made by `evenSplits`. */
export interface EvenPart {
  readonly of: SplitSelector;
  readonly index: number;
  readonly count: number;
  readonly dropRemainder: boolean;
}
