import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { DatasetsError } from '../core/errors/index.js';

/** Appends to one spill file, which is created with its first bytes: thousands of empty runs leave no files. */
export class SpillWriter {
  readonly file: string;
  #descriptor: number | undefined;
  #position = 0;

  constructor(file: string) {
    this.file = file;
  }

  get position(): number {
    return this.#position;
  }

  /** @throws DatasetsError STORAGE_FULL or STORAGE_FAILED. */
  append(bytes: Uint8Array): void {
    try {
      this.#descriptor ??= openSync(this.file, 'w');
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#position + done);
      }
    } catch (cause) {
      throw this.#failure(cause);
    }
    this.#position += bytes.length;
  }

  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor === undefined) return;
    try {
      closeSync(descriptor);
    } catch (cause) {
      throw this.#failure(cause);
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

  #failure(cause: unknown): DatasetsError {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const at = { file: this.file, offset: this.#position };
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      return new DatasetsError('STORAGE_FULL', `the disk is full: could not write to the spill file ${this.file}`, {
        hint: 'Free space, or choose a larger disk for the work directory. Spill takes about half of what the examples take.',
        cause,
        at,
      });
    }
    return new DatasetsError('STORAGE_FAILED', `could not write to the spill file ${this.file}: ${String(cause)}`, {
      hint: 'Check that the work directory exists and may be written to.',
      cause,
      at,
    });
  }
}
