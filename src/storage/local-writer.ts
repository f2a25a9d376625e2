import { type FileHandle, link, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ObjectWriter } from './storage.js';
import { storageError, systemErrorCode } from './storage-error.js';
import { syncDirectory } from './sync.js';

/** Writes to a temporary file beside the target, which takes the target's name when all is written. */
export class LocalWriter implements ObjectWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #sync: boolean;
  #handle: FileHandle | undefined;

  /** @param sync whether the file is to survive a power failure as soon as it is closed. */
  constructor(path: string, temporary: string, handle: FileHandle, sync: boolean) {
    this.#path = path;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#sync = sync;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#handle?.writeFile(bytes);
    } catch (cause) {
      throw storageError(cause, 'write', this.#path);
    }
  }

  async close(): Promise<void> {
    try {
      await this.#finish();
      await rename(this.#temporary, this.#path);
      if (this.#sync) await syncDirectory(dirname(this.#path));
    } catch (cause) {
      throw storageError(cause, 'write', this.#path);
    }
  }

  /** link(2) is the create-if-absent of POSIX that brings the whole content with it. */
  async closeIfAbsent(): Promise<boolean> {
    await this.#finish();
    try {
      await link(this.#temporary, this.#path);
    } catch (cause) {
      if (systemErrorCode(cause) === 'EEXIST') return false;
      throw cause;
    } finally {
      await rm(this.#temporary, { force: true });
    }
    if (this.#sync) await syncDirectory(dirname(this.#path));
    return true;
  }

  async abort(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
    await rm(this.#temporary, { force: true });
  }

  async #finish(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    try {
      if (this.#sync) await handle?.sync();
    } finally {
      await handle?.close();
    }
  }
}
