import { join } from 'node:path';
import { type RecordChunk, type RecordSlice, readChunks, wholeRecords } from './partition-input.js';
import { compareRecords, recordBytes } from './record.js';
import { sortRecords } from './sort-records.js';
import { SpillFile, SpillReader } from './spill-file.js';

/** How many sorted runs are merged at once; more are merged in rounds. Each needs a buffer. */
const maxFanIn = 64;
const minCursorBytes = 1 << 14;
const outputBytes = 1 << 20;

/**
 * Sorts records that don't fit in memory: sorted runs of `bufferBytes`, merged into one file, whose path is returned. The input stays as it is.
 *
 * Memory: about twice `bufferBytes`, or the longest record where that is more.
 */
export function sortToFile(
  slices: readonly RecordSlice[],
  bufferBytes: number,
  directory: string,
  name: string,
): string {
  let runs: string[] = [];
  const newFile = () => new SpillFile(join(directory, `${name}-sort-${serial++}`));
  let serial = 0;
  for (const chunk of readChunks(slices, bufferBytes)) {
    sortRecords(chunk.bytes, chunk.starts, chunk.count);
    runs.push(writeChunk(chunk, newFile()));
  }
  do {
    const merged: string[] = [];
    for (let i = 0; i < runs.length; i += maxFanIn) {
      merged.push(mergeRuns(runs.slice(i, i + maxFanIn), bufferBytes, newFile()));
    }
    runs = merged;
  } while (runs.length > 1);
  return runs[0] ?? writeChunk({ bytes: Buffer.alloc(0), starts: new Uint32Array(0), count: 0 }, newFile());
}

/** Gathers records in an output buffer, so that each costs no system call. */
class RecordOutput {
  readonly #file: SpillFile;
  readonly #buffer = Buffer.allocUnsafeSlow(outputBytes);
  #length = 0;

  constructor(file: SpillFile) {
    this.#file = file;
  }

  write(bytes: Buffer, record: number): void {
    const size = recordBytes(bytes, record);
    if (this.#length + size > this.#buffer.length) this.#flush();
    if (size > this.#buffer.length) {
      this.#file.append(bytes.subarray(record, record + size));
      return;
    }
    bytes.copy(this.#buffer, this.#length, record, record + size);
    this.#length += size;
  }

  finish(): string {
    this.#flush();
    this.#file.close();
    return this.#file.path;
  }

  #flush(): void {
    this.#file.append(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }
}

function writeChunk(chunk: RecordChunk, file: SpillFile): string {
  const output = new RecordOutput(file);
  for (let i = 0; i < chunk.count; i++) output.write(chunk.bytes, chunk.starts[i] as number);
  return output.finish();
}

/** Reads a sorted run record by record. */
class RunCursor {
  bytes: Buffer;
  /** Where the current record begins, or -1 after the last. */
  record = 0;
  readonly #file: SpillFile;
  readonly #reader: SpillReader;
  #end = 0;
  #offset = 0;

  constructor(path: string, bufferBytes: number) {
    this.#file = new SpillFile(path);
    this.#reader = new SpillReader(path);
    this.bytes = Buffer.allocUnsafeSlow(bufferBytes);
    this.#fill();
  }

  next(): void {
    this.record += recordBytes(this.bytes, this.record);
    if (this.record >= this.#end) this.#fill();
  }

  remove(): void {
    this.#reader.close();
    this.#file.remove();
  }

  #fill(): void {
    const read = this.#reader.read(this.bytes, this.#offset);
    this.#end = wholeRecords(this.bytes.subarray(0, read));
    if (this.#end === 0 && read > 0) {
      this.bytes = Buffer.allocUnsafeSlow(Math.max(recordBytes(this.bytes, 0), this.bytes.length * 2));
      this.#fill();
      return;
    }
    this.#offset += this.#end;
    this.record = read === 0 ? -1 : 0;
  }
}

function mergeRuns(runs: readonly string[], bufferBytes: number, file: SpillFile): string {
  const output = new RecordOutput(file);
  const cursorBytes = Math.max(minCursorBytes, Math.floor(bufferBytes / runs.length));
  const cursors = runs.map((run) => new RunCursor(run, cursorBytes));
  const heap = cursors.filter((cursor) => cursor.record >= 0);
  for (let i = (heap.length >>> 1) - 1; i >= 0; i--) siftDown(heap, i);
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    output.write(top.bytes, top.record);
    top.next();
    if (top.record < 0) {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) break;
      if (last !== top) heap[0] = last;
    }
    siftDown(heap, 0);
  }
  for (const cursor of cursors) cursor.remove();
  return output.finish();
}

function siftDown(heap: RunCursor[], from: number): void {
  const moved = heap[from];
  if (moved === undefined) return;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    let smaller = heap[child];
    if (smaller === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && compareRecords(right.bytes, right.record, smaller.bytes, smaller.record) < 0) {
      child++;
      smaller = right;
    }
    if (compareRecords(moved.bytes, moved.record, smaller.bytes, smaller.record) <= 0) break;
    heap[at] = smaller;
    at = child;
  }
  heap[at] = moved;
}
