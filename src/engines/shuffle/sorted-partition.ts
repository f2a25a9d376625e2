import { rmSync } from 'node:fs';
import { sortToFile } from './external-sort.js';
import { FileGroup, MemoryGroup, openWindow, type RecordWindow } from './group-values.js';
import { indexRecords, type RecordSlice, readWhole, totalBytes, wholeRecords } from './partition-input.js';
import { keyEnd, recordBytes, recordHeaderBytes, sameKey } from './record.js';
import { sortRecords } from './sort-records.js';
import { SpillReader } from './spill-file.js';

/** All records of one key. */
export interface RecordGroup {
  readonly key: unknown;
  readonly count: number;
  /** The values, sorted by their bytes; those of the first side for joins. */
  readonly values: Iterable<unknown>;
  /** Values of the second side, and how many of `count` they are; nothing and 0 where records have no side. */
  readonly others: Iterable<unknown>;
  readonly otherCount: number;
}

export interface SortOptions {
  readonly bufferBytes: number;
  /** Where runs of a partition that is larger than the buffer lie. */
  readonly directory: string;
  /** Unique in the directory. */
  readonly name: string;
  /** Whether records name the side of a join. */
  readonly sided: boolean;
}

/** The records of one partition, sorted, group by group. Groups stay readable until `close`. */
export interface SortedPartition {
  next(): RecordGroup | undefined;
  close(): void;
}

/** Sorts one partition: in memory when it fits the buffer, else by way of files. */
export function openSortedPartition(slices: readonly RecordSlice[], options: SortOptions): SortedPartition {
  return totalBytes(slices) <= options.bufferBytes
    ? new MemoryPartition(slices, options.sided)
    : new FilePartition(sortToFile(slices, options.bufferBytes, options.directory, options.name), options);
}

class MemoryPartition implements SortedPartition {
  readonly #window: RecordWindow;
  readonly #gap: number;
  #at = 0;

  constructor(slices: readonly RecordSlice[], sided: boolean) {
    const chunk = readWhole(slices);
    sortRecords(chunk.bytes, chunk.starts, chunk.count);
    this.#window = openWindow(chunk);
    this.#gap = sided ? 1 : 0;
  }

  next(): RecordGroup | undefined {
    const from = this.#at;
    if (from >= this.#window.count) return undefined;
    const to = endOfGroup(this.#window, from);
    this.#at = to;
    return memoryGroup(this.#window, from, to, this.#gap);
  }

  close(): void {
    // Its memory goes with it.
  }
}

function endOfGroup({ bytes, starts, count }: RecordWindow, from: number): number {
  let to = from + 1;
  while (to < count && sameKey(bytes, starts[from] as number, bytes, starts[to] as number)) to++;
  return to;
}

function memoryGroup(window: RecordWindow, from: number, to: number, gap: number): RecordGroup {
  const { bytes, starts, reader } = window;
  reader.offset = (starts[from] as number) + recordHeaderBytes;
  const key = reader.read();
  let middle = to;
  if (gap === 1) {
    middle = from;
    while (middle < to && bytes[keyEnd(bytes, starts[middle] as number)] === 0) middle++;
  }
  return {
    key,
    count: to - from,
    values: new MemoryGroup(window, from, middle, gap),
    others: new MemoryGroup(window, middle, to, gap),
    otherCount: to - middle,
  };
}

/** Groups up to this size are read into memory once; longer ones from the file by each iteration. */
const windowBytes = 1 << 20;

class FilePartition implements SortedPartition {
  readonly #file: SpillReader;
  readonly #gap: number;
  /** Where `#window` begins in the file, and which of its records comes next. */
  #offset = 0;
  #window: RecordWindow;
  #at = 0;
  readonly #windowBytes: number;

  constructor(path: string, options: SortOptions) {
    this.#file = new SpillReader(path);
    this.#gap = options.sided ? 1 : 0;
    this.#windowBytes = Math.min(windowBytes, options.bufferBytes);
    this.#window = this.#read(0);
  }

  next(): RecordGroup | undefined {
    if (this.#at >= this.#window.count) this.#moveTo(this.#fileOffset(this.#at));
    if (this.#window.count === 0) return undefined;
    let to = endOfGroup(this.#window, this.#at);
    if (to === this.#window.count && this.#at > 0) {
      this.#moveTo(this.#fileOffset(this.#at));
      to = endOfGroup(this.#window, 0);
    }
    if (to === this.#window.count) return this.#longGroup();
    const group = memoryGroup(this.#window, this.#at, to, this.#gap);
    this.#at = to;
    return group;
  }

  close(): void {
    this.#file.close();
    rmSync(this.#file.path, { force: true });
  }

  /** A group that fills the window from its beginning and may go on after it. */
  #longGroup(): RecordGroup {
    const { window, from } = { window: this.#window, from: this.#offset };
    const first = memoryGroup(window, 0, window.count, this.#gap);
    let count = first.count;
    let otherCount = first.otherCount;
    let end = this.#fileOffset(window.count);
    let middle = otherCount > 0 ? this.#fileOffset(window.count - otherCount) : undefined;
    for (;;) {
      this.#moveTo(end);
      if (this.#window.count === 0 || !sameKey(window.bytes, 0, this.#window.bytes, 0)) break;
      const to = endOfGroup(this.#window, 0);
      const part = memoryGroup(this.#window, 0, to, this.#gap);
      if (part.otherCount > 0) middle ??= this.#fileOffset(to - part.otherCount);
      count += part.count;
      otherCount += part.otherCount;
      end = this.#fileOffset(to);
      if (to < this.#window.count) {
        this.#at = to;
        break;
      }
    }
    const values = new FileGroup(this.#file, from, middle ?? end, this.#gap);
    return {
      key: first.key,
      count,
      values,
      others: new FileGroup(this.#file, middle ?? end, end, this.#gap),
      otherCount,
    };
  }

  #fileOffset(record: number): number {
    const { starts, count, bytes } = this.#window;
    if (record < count) return this.#offset + (starts[record] as number);
    if (count === 0) return this.#offset;
    const last = starts[count - 1] as number;
    return this.#offset + last + recordBytes(bytes, last);
  }

  #moveTo(offset: number): void {
    this.#window = this.#read(offset);
    this.#offset = offset;
    this.#at = 0;
  }

  /** New memory each time: groups of the former window may still be in use. */
  #read(offset: number): RecordWindow {
    let bytes = Buffer.allocUnsafeSlow(this.#windowBytes);
    let read = this.#file.read(bytes, offset);
    if (read > 0 && wholeRecords(bytes.subarray(0, read)) === 0) {
      bytes = Buffer.allocUnsafeSlow(recordBytes(bytes, 0));
      read = this.#file.read(bytes, offset);
    }
    return openWindow(indexRecords(bytes, wholeRecords(bytes.subarray(0, read))));
  }
}
