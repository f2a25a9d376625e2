import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { storageError } from '../storage/index.js';

/** Appends to one spill file, which is created with its first bytes: thousands of empty runs leave no files. */
export class SpillWriter {
  readonly file: string;
  #descriptor: number | undefined;
  #position = 0;
  #crc32 = 0;

  constructor(file: string) {
    this.file = file;
  }

  get position(): number {
    return this.#position;
  }

  /** CRC-32 of all bytes so far. */
  get crc32(): number {
    return this.#crc32;
  }

  /** @throws DatasetsError STORAGE_FULL or STORAGE_FAILED. */
  append(bytes: Uint8Array): void {
    try {
      this.#descriptor ??= openSync(this.file, 'w');
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#position + done);
      }
    } catch (cause) {
      throw storageError(cause, 'write', this.file);
    }
    this.#position += bytes.length;
    this.#crc32 = crc32(bytes, this.#crc32);
  }

  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor === undefined) return;
    try {
      closeSync(descriptor);
    } catch (cause) {
      throw storageError(cause, 'close', this.file);
    }
  }

  /** Closes and removes the file. */
  discard(): void {
    try {
      this.close();
    } finally {
      rmSync(this.file, { force: true });
    }
  }
}
