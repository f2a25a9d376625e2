import { type FileHandle, open } from 'node:fs/promises';
import type { OpenedObject } from './storage.js';
import { storageError } from './storage-error.js';

/**
 * Opens a local file for ranged reads.
 *
 * @param path absolute.
 * @throws DatasetsError STORAGE_FAILED
 */
export async function openLocalFile(path: string): Promise<OpenedObject> {
  try {
    const handle = await open(path, 'r');
    const { size } = await handle.stat();
    return new LocalObject(path, handle, size);
  } catch (cause) {
    throw storageError(cause, 'open', path);
  }
}

class LocalObject implements OpenedObject {
  readonly bytes: number;
  readonly #path: string;
  readonly #handle: FileHandle;

  constructor(path: string, handle: FileHandle, bytes: number) {
    this.bytes = bytes;
    this.#path = path;
    this.#handle = handle;
  }

  async read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.bytes - offset));
    const target = into !== undefined && into.length >= wanted ? into : new Uint8Array(wanted);
    let read = 0;
    try {
      while (read < wanted) {
        const { bytesRead } = await this.#handle.read(target, read, wanted - read, offset + read);
        if (bytesRead === 0) break;
        read += bytesRead;
      }
    } catch (cause) {
      throw storageError(cause, 'read', this.#path);
    }
    return read === target.length ? target : target.subarray(0, read);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
