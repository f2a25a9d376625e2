import { internalError } from '../../../core/errors/index.js';
import type { ReadPages, StateSource } from '../coders/iterable-coder.js';
import type { StateKey, StateStream } from './state-stream.js';

/** Opens the pages under a key, as often as it is called. */
export type OpenPages = () => AsyncIterable<Uint8Array>;

interface RunningBundle {
  readonly id: string;
  /** The stream is opened when something is first asked for. */
  readonly stream: () => StateStream;
}

/** What the runner keeps for the bundle that is being worked on. What is opened belongs to its bundle, also when the next one runs. */
export class BundleState implements StateSource {
  #bundle: RunningBundle | undefined;

  start(id: string, stream: () => StateStream): void {
    this.#bundle = { id, stream };
  }

  get readPages(): ReadPages {
    const { id, stream } = this.#running();
    return (token) => stream().pages(id, { type: { case: 'runner', value: { key: token } } });
  }

  pagesOf(key: StateKey): OpenPages {
    const { id, stream } = this.#running();
    return () => stream().pages(id, key);
  }

  #running(): RunningBundle {
    if (this.#bundle === undefined)
      throw internalError('a value that the runner keeps was asked for before its bundle');
    return this.#bundle;
  }
}
