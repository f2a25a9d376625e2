import { type Compression, compressionOf } from '../files/compression.js';
import { decompressBlocks } from '../files/decompress.js';
import type { OpenedFile } from '../files/opened-file.js';

/** Reads a file's content from its beginning, as many bytes at a time as asked for. */
export interface ByteReader {
  /** For messages. */
  readonly name: string;
  /** The next `count` bytes in a buffer of their own that begins on an 8-byte boundary; fewer only at the end of the file. */
  read(count: number): Promise<Buffer>;
  /** Passes over bytes. */
  skip(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A reader of a plain or compressed (`*.gz`, `*.zst`) file, which it closes. */
export function byteReader(file: OpenedFile): ByteReader {
  const compression = compressionOf(file.name);
  return compression === undefined ? new PlainReader(file) : new CompressedReader(file, compression);
}

class PlainReader implements ByteReader {
  readonly name: string;
  readonly #file: OpenedFile;
  #at = 0;

  constructor(file: OpenedFile) {
    this.name = file.name;
    this.#file = file;
  }

  async read(count: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(count, this.#file.bytes - this.#at));
    const bytes = await this.#file.read(this.#at, wanted, Buffer.allocUnsafeSlow(wanted));
    this.#at += bytes.length;
    return bytes;
  }

  async skip(count: number): Promise<void> {
    this.#at += count;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

const blockBytes = 64 << 10;

class CompressedReader implements ByteReader {
  readonly name: string;
  readonly #file: OpenedFile;
  readonly #blocks: AsyncGenerator<Buffer, void, undefined>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: OpenedFile, compression: Compression) {
    this.name = file.name;
    this.#file = file;
    this.#blocks = decompressBlocks(file, compression, blockBytes);
  }

  async read(count: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(count);
    let filled = 0;
    while (filled < count && (await this.#fill())) {
      const copied = this.#rest.copy(bytes, filled, 0, count - filled);
      this.#rest = this.#rest.subarray(copied);
      filled += copied;
    }
    return bytes.subarray(0, filled);
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0 && (await this.#fill()); ) {
      const passed = Math.min(left, this.#rest.length);
      this.#rest = this.#rest.subarray(passed);
      left -= passed;
    }
  }

  async close(): Promise<void> {
    await this.#blocks.return();
    await this.#file.close();
  }

  /** Makes sure that there are bytes at hand; false at the end of the file. */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#blocks.next();
      if (done === true) return false;
      this.#rest = value;
    }
    return true;
  }
}
