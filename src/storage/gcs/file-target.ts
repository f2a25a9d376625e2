import type { FileHandle } from 'node:fs/promises';
import { storageError } from '../storage-error.js';
import type { DownloadTarget } from './download-object.js';

/** Chunks come in 64 KiB or less; written one by one, with a wait for each, a download took half as long again. */
const batchBytes = 2 ** 20;

/** Writes a download to a file in batches, the next of which is received meanwhile. */
export class FileTarget implements DownloadTarget {
  readonly #handle: FileHandle;
  readonly #path: string;
  #batch: Uint8Array[] = [];
  #batchedBytes = 0;
  #position = 0;
  #writing: Promise<void> = Promise.resolve();

  /** @param path for messages: the file's name when all is written. */
  constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  async start(): Promise<void> {
    await this.#writing;
    this.#batch = [];
    this.#batchedBytes = 0;
    this.#position = 0;
    await this.#try(() => this.#handle.truncate(0));
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#batch.push(bytes);
    this.#batchedBytes += bytes.length;
    if (this.#batchedBytes >= batchBytes) await this.#flush();
  }

  async end(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const batch = Buffer.concat(this.#batch, this.#batchedBytes);
    const position = this.#position;
    this.#position += batch.length;
    this.#batch = [];
    this.#batchedBytes = 0;
    this.#writing = this.#try(() => this.#writeAll(batch, position));
    // Whoever waits next is told; until then it is nobody's.
    this.#writing.catch(() => undefined);
  }

  async #writeAll(bytes: Buffer, position: number): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      const rest = bytes.length - written;
      written += (await this.#handle.write(bytes, written, rest, position + written)).bytesWritten;
    }
  }

  async #try(operation: () => Promise<void>): Promise<void> {
    try {
      await operation();
    } catch (cause) {
      throw storageError(cause, 'write', this.#path);
    }
  }
}
