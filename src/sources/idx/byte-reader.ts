import { closeSync, createReadStream, readSync } from 'node:fs';
import { createGunzip, type Gunzip } from 'node:zlib';
import { openUnchanged } from '../files/open-file.js';
import { malformedFile } from '../malformed.js';
import { isGzip } from '../text/file-range.js';

/** Reads a file's content from its beginning, as many bytes at a time as asked for. */
export interface ByteReader {
  /** The next `count` bytes in a buffer of their own that begins on an 8-byte boundary; fewer only at the end of the file. */
  read(count: number): Promise<Buffer>;
  /** Passes over bytes. */
  skip(count: number): Promise<void>;
  close(): void;
}

/** A reader of a plain or gzip (`*.gz`) file. */
export function openBytes(path: string, name: string, expectedBytes: number): ByteReader {
  const descriptor = openUnchanged(path, name, expectedBytes);
  return isGzip(name) ? new GzipReader(descriptor, name) : new PlainReader(descriptor);
}

class PlainReader implements ByteReader {
  readonly #descriptor: number;
  #at = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  async read(count: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(count);
    let filled = 0;
    while (filled < count) {
      const read = readSync(this.#descriptor, bytes, filled, count - filled, this.#at + filled);
      if (read === 0) break;
      filled += read;
    }
    this.#at += filled;
    return bytes.subarray(0, filled);
  }

  async skip(count: number): Promise<void> {
    this.#at += count;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

class GzipReader implements ByteReader {
  readonly #name: string;
  readonly #plain: Gunzip;
  readonly #blocks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(descriptor: number, name: string) {
    this.#name = name;
    this.#plain = createGunzip();
    const file = createReadStream('', { fd: descriptor, start: 0 });
    file.on('error', (error) => this.#plain.destroy(error));
    this.#plain.on('close', () => file.destroy());
    file.pipe(this.#plain);
    this.#blocks = this.#plain[Symbol.asyncIterator]();
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

  close(): void {
    this.#plain.destroy();
  }

  /** Makes sure that there are bytes at hand; false at the end of the file. */
  async #fill(): Promise<boolean> {
    try {
      while (this.#rest.length === 0) {
        const { value, done } = await this.#blocks.next();
        if (done === true) return false;
        this.#rest = value;
      }
      return true;
    } catch (error) {
      throw malformedFile(this.#name, 'is not a complete gzip file', {
        hint: 'Fetch or write the file again; a file that is not compressed must not be named *.gz.',
        cause: error,
      });
    }
  }
}
