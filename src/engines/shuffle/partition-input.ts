import { DatasetsError } from '../../core/errors/index.js';
import type { PartitionRun } from './partition-writer.js';
import { recordBytes, recordHeaderBytes } from './record.js';
import { SpillReader } from './spill-file.js';

/** A part of a spill file that holds whole records of one partition. Plain data. */
export interface RecordSlice {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Where the records of one partition lie, in the order of the runs. */
export function slicesOf(runs: readonly PartitionRun[], partition: number): RecordSlice[] {
  const slices: RecordSlice[] = [];
  for (const run of runs) {
    for (const { offset, partitionBytes } of run.segments) {
      const bytes = partitionBytes[partition] as number;
      if (bytes === 0) continue;
      let before = 0;
      for (let p = 0; p < partition; p++) before += partitionBytes[p] as number;
      slices.push({ file: run.file, offset: offset + before, bytes });
    }
  }
  return slices;
}

export function totalBytes(slices: readonly RecordSlice[]): number {
  return slices.reduce((sum, slice) => sum + slice.bytes, 0);
}

/** Whole records in memory. */
export interface RecordChunk {
  readonly bytes: Buffer;
  /** Where each record begins; `count` are in use. */
  readonly starts: Uint32Array;
  readonly count: number;
}

/** Reads all slices into one chunk. */
export function readWhole(slices: readonly RecordSlice[]): RecordChunk {
  const bytes = Buffer.allocUnsafeSlow(totalBytes(slices));
  let length = 0;
  for (const slice of slices) {
    readSlice(slice, bytes.subarray(length, length + slice.bytes), 0);
    length += slice.bytes;
  }
  return indexRecords(bytes, length);
}

/**
 * Reads slices in chunks of at most `chunkBytes`, or of one record where that is longer. Each chunk has memory of its own.
 */
export function* readChunks(slices: readonly RecordSlice[], chunkBytes: number): Generator<RecordChunk> {
  let pending: RecordSlice[] = [];
  let pendingBytes = 0;
  for (const slice of slices) {
    if (pendingBytes + slice.bytes > chunkBytes && pending.length > 0) {
      yield readWhole(pending);
      pending = [];
      pendingBytes = 0;
    }
    if (slice.bytes > chunkBytes) {
      yield* readLongSlice(slice, chunkBytes);
    } else {
      pending.push(slice);
      pendingBytes += slice.bytes;
    }
  }
  if (pending.length > 0) yield readWhole(pending);
}

function* readLongSlice(slice: RecordSlice, chunkBytes: number): Generator<RecordChunk> {
  let at = 0;
  let size = chunkBytes;
  while (at < slice.bytes) {
    const bytes = Buffer.allocUnsafeSlow(Math.min(size, slice.bytes - at));
    readSlice(slice, bytes, at);
    const whole = wholeRecords(bytes);
    if (whole === 0) {
      // The first record is longer than the chunk.
      size = Math.max(recordBytes(bytes, 0), size);
      continue;
    }
    yield indexRecords(bytes, whole);
    at += whole;
    size = chunkBytes;
  }
}

function readSlice(slice: RecordSlice, target: Uint8Array, at: number): void {
  const reader = new SpillReader(slice.file);
  try {
    const read = reader.read(target, slice.offset + at);
    if (read < target.length) {
      throw new DatasetsError('DATA_CORRUPT', `${slice.file} ends ${target.length - read} bytes too soon`, {
        hint: 'A temporary file was cut short while the build ran. Run the build again.',
        at: { file: slice.file, offset: slice.offset + at + read },
      });
    }
  } finally {
    reader.close();
  }
}

/** How many bytes of `bytes`, from its beginning, are whole records. */
export function wholeRecords(bytes: Uint8Array): number {
  let at = 0;
  while (at + recordHeaderBytes <= bytes.length) {
    const next = at + recordBytes(bytes, at);
    if (next > bytes.length) break;
    at = next;
  }
  return at;
}

export function indexRecords(bytes: Buffer, length: number): RecordChunk {
  let starts = new Uint32Array(Math.max(16, length >>> 5));
  let count = 0;
  for (let at = 0; at < length; at += recordBytes(bytes, at)) {
    if (count === starts.length) {
      const larger = new Uint32Array(starts.length * 2);
      larger.set(starts);
      starts = larger;
    }
    starts[count++] = at;
  }
  return { bytes, starts, count };
}
