import { ValueWriter } from '../../values/index.js';
import { readUint32, recordBytes, recordHeaderBytes, writeUint32 } from './record.js';
import { SpillFile } from './spill-file.js';

/** Records that one task wrote, gathered by partition. Plain data. */
export interface PartitionRun {
  readonly file: string;
  readonly records: number;
  /** One for each time that the buffer was written out; its partitions lie one after the other. */
  readonly segments: readonly { readonly offset: number; readonly partitionBytes: Float64Array }[];
}

export interface PartitionWriterOptions {
  readonly file: string;
  readonly partitions: number;
  /** The buffer is written out when it holds this many bytes. */
  readonly bufferBytes: number;
}

/** A buffer starts at this size and doubles, so that the many small tasks of a build stay small. */
const firstBufferBytes = 1 << 15;

/**
 * Collects encoded elements and writes them to one file, partition by partition, by a hash of their keys.
 *
 * Within a partition the records keep the order in which they were added.
 */
export class PartitionWriter {
  readonly #file: SpillFile;
  readonly #partitions: number;
  readonly #bufferBytes: number;
  readonly #writer: ValueWriter;
  #starts = new Uint32Array(1024);
  #count = 0;
  #records = 0;
  readonly #segments: { offset: number; partitionBytes: Float64Array }[] = [];

  constructor(options: PartitionWriterOptions) {
    this.#file = new SpillFile(options.file);
    this.#partitions = options.partitions;
    this.#bufferBytes = options.bufferBytes;
    this.#writer = new ValueWriter(Math.min(firstBufferBytes, options.bufferBytes));
  }

  /** @throws DatasetsError VALUE_UNSUPPORTED; STORAGE_FULL when the buffer can't be written out. */
  addElement(element: unknown): void {
    const start = this.#begin(element);
    this.#end(start);
  }

  addPair(key: unknown, value: unknown): void {
    const start = this.#begin(key);
    this.#writeValue(start, value);
    this.#end(start);
  }

  /** @param side which input of a join it comes from. */
  addToSide(side: number, key: unknown, value: unknown): void {
    const start = this.#begin(key);
    this.#writer.reserve(1);
    this.#writer.bytes[this.#writer.length++] = side;
    this.#writeValue(start, value);
    this.#end(start);
  }

  /** Writes out what is left. */
  finish(): PartitionRun {
    this.#flush();
    this.#file.close();
    return { file: this.#file.path, records: this.#records, segments: this.#segments };
  }

  /** Deletes the file. */
  abort(): void {
    this.#file.remove();
  }

  #begin(key: unknown): number {
    const writer = this.#writer;
    const start = writer.length;
    writer.reserve(recordHeaderBytes);
    writer.length += recordHeaderBytes;
    try {
      writer.write(key);
    } catch (error) {
      writer.length = start;
      throw error;
    }
    writeUint32(writer.bytes, start + 4, writer.length - start - recordHeaderBytes);
    return start;
  }

  #writeValue(start: number, value: unknown): void {
    try {
      this.#writer.write(value);
    } catch (error) {
      this.#writer.length = start;
      throw error;
    }
  }

  #end(start: number): void {
    const writer = this.#writer;
    writeUint32(writer.bytes, start, writer.length - start);
    if (this.#count === this.#starts.length) this.#growStarts();
    this.#starts[this.#count++] = start;
    this.#records++;
    if (writer.length >= this.#bufferBytes) this.#flush();
  }

  #growStarts(): void {
    const larger = new Uint32Array(this.#starts.length * 2);
    larger.set(this.#starts);
    this.#starts = larger;
  }

  #flush(): void {
    if (this.#count === 0) return;
    const { bytes, length } = this.#writer;
    const partitionBytes = new Float64Array(this.#partitions);
    const offset = this.#file.bytes;
    if (this.#partitions === 1) {
      partitionBytes[0] = length;
      this.#file.append(bytes.subarray(0, length));
    } else {
      this.#file.append(this.#scatter(bytes, length, partitionBytes));
    }
    this.#segments.push({ offset, partitionBytes });
    this.#writer.length = 0;
    this.#count = 0;
  }

  /** A counting sort: sequential reads, one sequential stream of writes for each partition. */
  #scatter(bytes: Buffer, length: number, partitionBytes: Float64Array): Uint8Array {
    const partitionOf = new Uint16Array(this.#count);
    for (let i = 0; i < this.#count; i++) {
      const record = this.#starts[i] as number;
      const partition = keyHash(bytes, record) % this.#partitions;
      partitionOf[i] = partition;
      partitionBytes[partition] = (partitionBytes[partition] as number) + recordBytes(bytes, record);
    }
    const next = new Float64Array(this.#partitions);
    for (let p = 1; p < this.#partitions; p++) next[p] = (next[p - 1] as number) + (partitionBytes[p - 1] as number);
    const scattered = Buffer.allocUnsafeSlow(length);
    for (let i = 0; i < this.#count; i++) {
      const record = this.#starts[i] as number;
      const partition = partitionOf[i] as number;
      const size = recordBytes(bytes, record);
      bytes.copy(scattered, next[partition] as number, record, record + size);
      next[partition] = (next[partition] as number) + size;
    }
    return scattered;
  }
}

/** FNV-1a over the key's bytes with a final mix. It only deals keys to partitions; what comes out doesn't depend on it. */
function keyHash(bytes: Uint8Array, record: number): number {
  const start = record + recordHeaderBytes;
  const end = start + readUint32(bytes, record + 4);
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
