import type { RunSegment, RunSummary, SpillSlice } from './contract.js';

/**
 * Gives the parts of one segment of a run. It remembers where it was, and no offset of every bucket: there are as many segments as there are times
 * 16 MiB of rows, and their tables are the only memory of a build that grows with its data.
 */
export class SegmentSlicer {
  readonly segment: RunSegment;
  readonly #run: RunSummary;
  #index = 0;
  /** File offset of bucket `#index`. */
  #offset: number;

  constructor(run: RunSummary, segment: RunSegment) {
    this.segment = segment;
    this.#run = run;
    this.#offset = segment.offset;
  }

  /**
   * The rows in buckets `first .. end`; undefined where there are none. Quick where `first` isn't below that of the last call.
   *
   * Tables are copied: a view would carry its whole buffer across threads.
   */
  slice(first: number, end: number): SpillSlice | undefined {
    const { buckets, rowBytes } = this.segment;
    this.#moveTo(first);
    const from = this.#index;
    let to = from;
    let bytes = 0;
    for (; to < buckets.length && (buckets[to] as number) < end; to++) bytes += rowBytes[to] as number;
    if (from === to) return undefined;
    return {
      file: this.#run.file,
      sourceShard: this.#run.sourceShard,
      offset: this.#offset,
      bytes,
      buckets: buckets.slice(from, to),
      rowBytes: rowBytes.slice(from, to),
    };
  }

  /** To the first bucket that is not below `bucket`. */
  #moveTo(bucket: number): void {
    const { buckets, rowBytes, offset } = this.segment;
    if (this.#index > 0 && (buckets[this.#index - 1] as number) >= bucket) {
      this.#index = 0;
      this.#offset = offset;
    }
    for (; this.#index < buckets.length && (buckets[this.#index] as number) < bucket; this.#index++) {
      this.#offset += rowBytes[this.#index] as number;
    }
  }
}
