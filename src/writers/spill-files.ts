import { closeSync, openSync, readSync } from 'node:fs';
import { DatasetsError } from '../core/errors/index.js';
import { storageError } from '../storage/index.js';

/** Enough that a few hundred runs stay open in every worker, far below the usual limits of a process. */
const defaultMaxOpen = 256;

/** Reads spill files at any offset, with a bounded number of open descriptors: the least recently used one is closed. */
export class SpillFiles {
  readonly #maxOpen: number;
  /** In order of use, oldest first. */
  readonly #descriptors = new Map<string, number>();

  constructor(maxOpen = defaultMaxOpen) {
    this.#maxOpen = maxOpen;
  }

  /**
   * Fills `target[at .. at + length)` from byte `offset` of `file`.
   *
   * @throws DatasetsError DATA_CORRUPT when the file ends before, STORAGE_FAILED when it can't be read.
   */
  read(file: string, offset: number, target: Uint8Array, at: number, length: number): void {
    let done = 0;
    try {
      const descriptor = this.#open(file);
      while (done < length) {
        const bytes = readSync(descriptor, target, at + done, length - done, offset + done);
        if (bytes === 0) break;
        done += bytes;
      }
    } catch (cause) {
      throw storageError(cause, 'read', file);
    }
    if (done < length) {
      throw new DatasetsError(
        'DATA_CORRUPT',
        `the spill file ${file} ends at byte ${offset + done}, ${length - done} bytes too early`,
        {
          hint: 'It was cut while the build ran; build again.',
          at: { file, offset: offset + done },
        },
      );
    }
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }

  #open(file: string): number {
    const known = this.#descriptors.get(file);
    if (known !== undefined) {
      if (this.#descriptors.size < this.#maxOpen) return known;
      this.#descriptors.delete(file);
      this.#descriptors.set(file, known);
      return known;
    }
    for (const [oldest, descriptor] of this.#descriptors) {
      if (this.#descriptors.size < this.#maxOpen) break;
      this.#descriptors.delete(oldest);
      closeSync(descriptor);
    }
    const descriptor = openSync(file, 'r');
    this.#descriptors.set(file, descriptor);
    return descriptor;
  }
}
