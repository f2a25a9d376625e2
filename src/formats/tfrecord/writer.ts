import { exampleSlackBytes } from '../example/example-target.js';
import type { ChunkSink } from '../file-sink.js';
import { frameHeaderBytes, frameOverheadBytes, sealFrames } from './frame.js';

export interface TFRecordWriterOptions {
  /** Bytes gathered before they are handed to the sink; default 128 KiB. A longer record gets a buffer of its own size. */
  readonly chunkBytes?: number;
}

/**
 * Frames records into one reusable buffer.
 *
 * A record is written in place: `begin(n)` reserves room, the caller fills `buffer[start .. start + n)`, `commit()` ends it. Checksums are added when the buffer is handed over.
 */
export interface TFRecordWriter {
  /** Where records are written; may be another one after `begin`. */
  readonly buffer: Uint8Array;
  /** Records so far. */
  readonly records: number;
  /** Bytes of the file so far: where the next frame starts. */
  readonly position: number;
  /** Reserves room for a record of `bytes` bytes, with `exampleSlackBytes` behind it, and returns where in `buffer` it starts. */
  begin(bytes: number): number;
  /** Finishes the record begun last. */
  commit(): void;
  /** Frames a copy of `record[from .. to)`. */
  append(record: Uint8Array, from?: number, to?: number): void;
  /** Hands what is buffered to the sink. Call it once after the last record. */
  flush(): void;
}

/**
 * Creates a writer of TFRecord frames.
 *
 * @param sink Called with each full chunk, which it must not keep: the buffer is reused.
 * @example
 * const file = createFileSink('/data/mnist-train.tfrecord-00000-of-00001');
 * const writer = createTFRecordWriter(file.write);
 * for (const record of records) writer.append(record);
 * writer.flush();
 * await file.close();
 */
export function createTFRecordWriter(sink: ChunkSink, options: TFRecordWriterOptions = {}): TFRecordWriter {
  return new BufferedTFRecordWriter(sink, options.chunkBytes ?? defaultChunkBytes);
}

/** Small enough to lie in the second-level cache from its first record until the kernel has copied it: 823 MiB cost 2.9 s of system time, against 3.8 s by 1 MiB. */
const defaultChunkBytes = 128 << 10;
const roomAroundRecord = frameOverheadBytes + exampleSlackBytes;

class BufferedTFRecordWriter implements TFRecordWriter {
  readonly #sink: ChunkSink;
  #buffer: Uint8Array;
  #view: DataView;
  #used = 0;
  #flushed = 0;
  #records = 0;
  #pending = 0;

  constructor(sink: ChunkSink, chunkBytes: number) {
    this.#sink = sink;
    this.#buffer = new Uint8Array(Math.max(chunkBytes, roomAroundRecord));
    this.#view = new DataView(this.#buffer.buffer);
  }

  get buffer(): Uint8Array {
    return this.#buffer;
  }

  get records(): number {
    return this.#records;
  }

  get position(): number {
    return this.#flushed + this.#used;
  }

  begin(bytes: number): number {
    if (this.#used + bytes + roomAroundRecord > this.#buffer.length) this.#makeRoom(bytes);
    this.#pending = bytes;
    return this.#used + frameHeaderBytes;
  }

  commit(): void {
    const bytes = this.#pending;
    this.#view.setUint32(this.#used, bytes, true);
    this.#view.setUint32(this.#used + 4, Math.floor(bytes / 0x1_0000_0000), true);
    this.#used += bytes + frameOverheadBytes;
    this.#records++;
  }

  append(record: Uint8Array, from = 0, to = record.length): void {
    const start = this.begin(to - from);
    this.#buffer.set(record.subarray(from, to), start);
    this.commit();
  }

  flush(): void {
    if (this.#used === 0) return;
    const crc = sealFrames(this.#view, this.#used);
    this.#sink(this.#buffer.subarray(0, this.#used), crc);
    this.#flushed += this.#used;
    this.#used = 0;
  }

  #makeRoom(bytes: number): void {
    this.flush();
    const needed = bytes + roomAroundRecord;
    if (needed <= this.#buffer.length) return;
    this.#buffer = new Uint8Array(needed);
    this.#view = new DataView(this.#buffer.buffer);
  }
}
