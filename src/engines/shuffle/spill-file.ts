import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { storageError } from '../../storage/index.js';

/** A temporary file that is written from beginning to end. Synchronous: it is called from steps that must not wait. */
export class SpillFile {
  readonly path: string;
  /** Bytes written so far. */
  bytes = 0;
  /** CRC-32 of these bytes, by which a build that goes on with them knows that they are whole. Native: 4 GB/s and more. */
  crc32 = 0;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws DatasetsError STORAGE_FULL, STORAGE_FAILED */
  append(data: Uint8Array): void {
    try {
      this.#descriptor ??= openSync(this.path, 'w');
      for (let done = 0; done < data.length; ) done += writeSync(this.#descriptor, data, done, data.length - done);
    } catch (cause) {
      throw storageError(cause, 'write', this.path);
    }
    this.bytes += data.length;
    this.crc32 = crc32(data, this.crc32);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** Closes the file and deletes it. */
  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }
}

/** An open temporary file, read at any place. */
export class SpillReader {
  readonly path: string;
  readonly #descriptor: number;

  constructor(path: string) {
    this.path = path;
    try {
      this.#descriptor = openSync(path, 'r');
    } catch (cause) {
      throw storageError(cause, 'open', path);
    }
  }

  /**
   * Fills `target` from byte `offset` on; returns how many bytes there were, fewer only at the end of the file.
   *
   * @throws DatasetsError STORAGE_FAILED
   */
  read(target: Uint8Array, offset: number): number {
    let done = 0;
    try {
      while (done < target.length) {
        const count = readSync(this.#descriptor, target, done, target.length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
    } catch (cause) {
      throw storageError(cause, 'read', this.path);
    }
    return done;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
