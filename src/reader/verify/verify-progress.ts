import { DatasetsError } from '../../core/errors/index.js';

/** Counts bytes for a progress bar, and stops when it is told to. */
export class VerifyProgress {
  readonly #onProgress: ((bytes: number) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  #bytes = 0;

  constructor(onProgress: ((bytes: number) => void) | undefined, signal: AbortSignal | undefined) {
    this.#onProgress = onProgress;
    this.#signal = signal;
  }

  /** @throws DatasetsError INTERRUPTED */
  advance(bytes: number): void {
    if (this.#signal?.aborted === true) {
      throw new DatasetsError('INTERRUPTED', 'the verification was interrupted', { cause: this.#signal.reason });
    }
    this.#bytes += bytes;
    this.#onProgress?.(this.#bytes);
  }
}
