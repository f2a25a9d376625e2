import { readUint32, recordBytes, recordHeaderBytes } from './record.js';
import { RecordBuffer } from './record-buffer.js';
import { SpillFile } from './spill-file.js';

/** Records that one task wrote, gathered by partition. Plain data. */
export interface PartitionRun {
  readonly file: string;
  readonly records: number;
  /** Length and CRC-32 of the file. */
  readonly bytes: number;
  readonly crc32: number;
  /** One for each time that the buffer was written out; its partitions lie one after the other. */
  readonly segments: readonly { readonly offset: number; readonly partitionBytes: Float64Array }[];
}

export interface PartitionWriterOptions {
  readonly file: string;
  readonly partitions: number;
  /** The buffer is written out when it holds this many bytes. */
  readonly bufferBytes: number;
}

/**
 * Collects encoded elements and writes them to one file, partition by partition, by a hash of their keys.
 *
 * Within a partition the records keep the order in which they were added.
 */
export class PartitionWriter {
  #file: SpillFile;
  readonly #partitions: number;
  readonly #bufferBytes: number;
  readonly #buffer: RecordBuffer;
  #records = 0;
  #segments: { offset: number; partitionBytes: Float64Array }[] = [];

  constructor(options: PartitionWriterOptions) {
    this.#file = new SpillFile(options.file);
    this.#partitions = options.partitions;
    this.#bufferBytes = options.bufferBytes;
    this.#buffer = new RecordBuffer(options.bufferBytes);
  }

  /** @throws DatasetsError VALUE_UNSUPPORTED; STORAGE_FULL when the buffer can't be written out. */
  addElement(element: unknown): void {
    this.#buffer.addElement(element);
    this.#added();
  }

  addPair(key: unknown, value: unknown): void {
    this.#buffer.addPair(key, value);
    this.#added();
  }

  /** @param side which input of a join it comes from. */
  addToSide(side: number, key: unknown, value: unknown): void {
    this.#buffer.addToSide(side, key, value);
    this.#added();
  }

  /**
   * Writes out what is left and closes the file.
   *
   * @param nextFile where what is added afterwards goes; the file is created with the first of it.
   */
  finish(nextFile: string = this.#file.path): PartitionRun {
    this.#flush();
    this.#file.close();
    const { path: file, bytes, crc32 } = this.#file;
    const run = { file, records: this.#records, bytes, crc32, segments: this.#segments };
    this.#file = new SpillFile(nextFile);
    this.#records = 0;
    this.#segments = [];
    return run;
  }

  /** Deletes the file. */
  abort(): void {
    this.#file.remove();
  }

  #added(): void {
    this.#records++;
    if (this.#buffer.length >= this.#bufferBytes) this.#flush();
  }

  #flush(): void {
    const { bytes, length, count } = this.#buffer;
    if (count === 0) return;
    const partitionBytes = new Float64Array(this.#partitions);
    const offset = this.#file.bytes;
    if (this.#partitions === 1) {
      partitionBytes[0] = length;
      this.#file.append(bytes.subarray(0, length));
    } else {
      this.#file.append(this.#scatter(partitionBytes));
    }
    this.#segments.push({ offset, partitionBytes });
    this.#buffer.clear();
  }

  /** A counting sort: sequential reads, one sequential stream of writes for each partition. */
  #scatter(partitionBytes: Float64Array): Uint8Array {
    const { bytes, length, count, starts } = this.#buffer;
    const partitionOf = new Uint16Array(count);
    for (let i = 0; i < count; i++) {
      const record = starts[i] as number;
      const partition = keyHash(bytes, record) % this.#partitions;
      partitionOf[i] = partition;
      partitionBytes[partition] = (partitionBytes[partition] as number) + recordBytes(bytes, record);
    }
    const next = new Float64Array(this.#partitions);
    for (let p = 1; p < this.#partitions; p++) next[p] = (next[p - 1] as number) + (partitionBytes[p - 1] as number);
    const scattered = Buffer.allocUnsafeSlow(length);
    for (let i = 0; i < count; i++) {
      const record = starts[i] as number;
      const partition = partitionOf[i] as number;
      const size = recordBytes(bytes, record);
      bytes.copy(scattered, next[partition] as number, record, record + size);
      next[partition] = (next[partition] as number) + size;
    }
    return scattered;
  }
}

/** FNV-1a over the key's bytes with a final mix. It deals keys to partitions, and so decides which elements meet in a batch of mapBatches. */
function keyHash(bytes: Uint8Array, record: number): number {
  const start = record + recordHeaderBytes;
  const end = start + readUint32(bytes, record + 4);
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
