import { internalError } from '../../../core/errors/index.js';
import type { ReadPages, StateSource } from '../coders/iterable-coder.js';
import type { StateKey, StateStream } from './state-stream.js';

/** Opens the pages under a key, as often as it is called. */
export type OpenPages = () => AsyncIterable<Uint8Array>;

/** What the runner keeps for the bundle that is being worked on. What is opened belongs to its bundle, also when the next one runs. */
export class BundleState implements StateSource {
  #bundle: { readonly id: string; readonly stream: StateStream } | undefined;

  /** @param stream undefined where the runner keeps nothing for this stage */
  start(bundleId: string, stream: StateStream | undefined): void {
    this.#bundle = stream === undefined ? undefined : { id: bundleId, stream };
  }

  get readPages(): ReadPages {
    const { id, stream } = this.#running();
    return (token) => stream.pages(id, { type: { case: 'runner', value: { key: token } } });
  }

  pagesOf(key: StateKey): OpenPages {
    const { id, stream } = this.#running();
    return () => stream.pages(id, key);
  }

  #running(): { readonly id: string; readonly stream: StateStream } {
    if (this.#bundle === undefined) throw internalError('the runner names no service for the values that it keeps');
    return this.#bundle;
  }
}
