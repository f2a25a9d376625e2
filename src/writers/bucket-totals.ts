import { bucketCount, type RunSegment } from './contract.js';
import { recordOverheadBytes } from './shard-count.js';

/** Rows and bytes by bucket over all runs of a split, as running sums. */
export class BucketTotals {
  readonly buckets = bucketCount;
  /** Rows and TFRecord bytes in buckets below each; one entry more than there are buckets. */
  readonly #rowsBefore = new Float64Array(bucketCount + 1);
  readonly #fileBytesBefore = new Float64Array(bucketCount + 1);
  /** Bytes of spilled rows. */
  readonly #rowBytesBefore = new Float64Array(bucketCount + 1);

  constructor(segments: readonly RunSegment[]) {
    const rows = this.#rowsBefore;
    const bytes = this.#fileBytesBefore;
    const spilled = this.#rowBytesBefore;
    for (const { buckets, rowCounts, rowBytes, exampleBytes } of segments) {
      for (let i = 0; i < buckets.length; i++) {
        const next = (buckets[i] as number) + 1;
        const count = rowCounts[i] as number;
        rows[next] = (rows[next] as number) + count;
        bytes[next] = (bytes[next] as number) + (exampleBytes[i] as number) + count * recordOverheadBytes;
        spilled[next] = (spilled[next] as number) + (rowBytes[i] as number);
      }
    }
    for (let i = 1; i <= bucketCount; i++) {
      rows[i] = (rows[i] as number) + (rows[i - 1] as number);
      bytes[i] = (bytes[i] as number) + (bytes[i - 1] as number);
      spilled[i] = (spilled[i] as number) + (spilled[i - 1] as number);
    }
  }

  get rows(): number {
    return this.#rowsBefore[bucketCount] as number;
  }

  /** Sum of the tf.Example sizes. */
  get exampleBytes(): number {
    return (this.#fileBytesBefore[bucketCount] as number) - this.rows * recordOverheadBytes;
  }

  /** Rows in buckets below `bucket`. */
  rowsBefore(bucket: number): number {
    return this.#rowsBefore[bucket] as number;
  }

  /** Bytes of the TFRecord frames of buckets `first .. end`. */
  fileBytesOf(first: number, end: number): number {
    return (this.#fileBytesBefore[end] as number) - (this.#fileBytesBefore[first] as number);
  }

  /** Bytes of the spilled rows of buckets `first .. end`. */
  rowBytesOf(first: number, end: number): number {
    return (this.#rowBytesBefore[end] as number) - (this.#rowBytesBefore[first] as number);
  }

  /** The bucket that holds the `row`-th record of the split. */
  bucketOfRow(row: number): number {
    let low = 0;
    let high = bucketCount - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rowsBefore[middle + 1] as number) <= row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
