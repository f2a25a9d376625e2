import { type FileLocation, locationName } from '../files/location.js';
import type { SourceFile } from '../files/resolve-files.js';
import type { SourceShard } from '../source.js';

/** Bytes `from .. to` of a text file; both lie on the boundary of a record. What a shard of a text source carries. */
export type FileRange = {
  readonly file: FileLocation;
  /** Size of the file when it was split: a file that has another size in the worker was changed. */
  readonly fileBytes: number;
  readonly from: number;
  readonly to: number;
  /** The line at `from`, counted from 1, where it is known without counting. */
  readonly line: number | null;
  /** Columns of a CSV file, for ranges that don't begin with the header. */
  readonly header: readonly string[] | null;
};

export const defaultRangeBytes = 64 << 20;

/** A whole file as one range. */
export function wholeFile(file: SourceFile): FileRange {
  return { file: file.location, fileBytes: file.bytes, from: 0, to: file.bytes, line: 1, header: null };
}

/** The source shard of a range; a file that was not split bears its name alone. */
export function shardOfRange(range: FileRange): SourceShard {
  const name = locationName(range.file);
  const whole = range.from === 0 && range.to === range.fileBytes;
  return {
    id: whole ? name : `${name} bytes ${range.from}-${range.to}`,
    data: range,
    bytes: range.to - range.from,
    ...(range.from === 0 ? { origin: { path: range.file.path, row: 0 } } : {}),
  };
}

/** The range that a shard of a text source carries. Shards are made by `shardOfRange` alone, so the shape is known. */
export function rangeOf(shard: SourceShard): FileRange {
  return shard.data as FileRange;
}
