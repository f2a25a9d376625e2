import { ValueReader } from '../../values/index.js';
import type { RecordChunk } from './partition-input.js';
import { wholeRecords } from './partition-input.js';
import { keyEnd, recordBytes } from './record.js';
import type { SpillReader } from './spill-file.js';

/** Records in memory with one reader for all their groups. */
export interface RecordWindow extends RecordChunk {
  readonly reader: ValueReader;
}

export function openWindow(chunk: RecordChunk): RecordWindow {
  return { ...chunk, reader: new ValueReader(chunk.bytes) };
}

/** The values of a group that lies in memory: records `from .. to` of a window. Decoded anew by each iteration. */
export class MemoryGroup implements Iterable<unknown> {
  readonly #window: RecordWindow;
  readonly #from: number;
  readonly #to: number;
  /** Bytes between key and value: 1 where records name their side. */
  readonly #gap: number;

  constructor(window: RecordWindow, from: number, to: number, gap: number) {
    this.#window = window;
    this.#from = from;
    this.#to = to;
    this.#gap = gap;
  }

  *[Symbol.iterator](): Iterator<unknown> {
    const { bytes, starts, reader } = this.#window;
    for (let i = this.#from; i < this.#to; i++) {
      // The offset is set anew each time: another group of the window may be read in between.
      reader.offset = keyEnd(bytes, starts[i] as number) + this.#gap;
      yield reader.read();
    }
  }
}

/** Read in pieces of this size, so that a group of any length needs no more memory than this an iteration. */
const fileGroupBytes = 1 << 18;

/** The values of a group that lies in a sorted file: bytes `from .. to`. Read and decoded anew by each iteration. */
export class FileGroup implements Iterable<unknown> {
  readonly #file: SpillReader;
  readonly #from: number;
  readonly #to: number;
  readonly #gap: number;

  constructor(file: SpillReader, from: number, to: number, gap: number) {
    this.#file = file;
    this.#from = from;
    this.#to = to;
    this.#gap = gap;
  }

  *[Symbol.iterator](): Iterator<unknown> {
    let buffer = Buffer.allocUnsafeSlow(Math.min(fileGroupBytes, this.#to - this.#from));
    let reader = new ValueReader(buffer);
    for (let offset = this.#from; offset < this.#to; ) {
      const read = this.#file.read(buffer.subarray(0, Math.min(buffer.length, this.#to - offset)), offset);
      const end = wholeRecords(buffer.subarray(0, read));
      if (end === 0) {
        buffer = Buffer.allocUnsafeSlow(recordBytes(buffer, 0));
        reader = new ValueReader(buffer);
        continue;
      }
      for (let at = 0; at < end; at += recordBytes(buffer, at)) {
        reader.offset = keyEnd(buffer, at) + this.#gap;
        yield reader.read();
      }
      offset += end;
    }
  }
}
