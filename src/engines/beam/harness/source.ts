import { setImmediate as nextTurn } from 'node:timers/promises';
import { internalError } from '../../../core/errors/index.js';
import { ElementReader, TruncatedElement } from '../coders/element-reader.js';
import { globalHeader, type WindowedCoder } from '../coders/windowed-coder.js';
import type { Receiver } from './receiver.js';
import type { CurrentHeader } from './sink.js';
import { type DesiredSplit, findSplit } from './split.js';

/** After so long the runner's questions are heard, in a loop that waits for nothing itself. */
const turnMilliseconds = 20;

/** Decodes the elements that the runner sends, and gives them to the transforms one by one. */
export class Source {
  readonly transformId: string;
  readonly #coder: WindowedCoder;
  readonly #output: Receiver;
  readonly #current: CurrentHeader;
  /** The element that is being worked on, from 0 on. */
  #index = -1;
  /** The first element that was given away. */
  #stop = Number.POSITIVE_INFINITY;
  #finished = false;
  /** The beginning of an element whose end did not come yet. */
  #rest: Uint8Array = new Uint8Array();
  #turnEnds = 0;

  constructor(transformId: string, coder: WindowedCoder, output: Receiver, current: CurrentHeader) {
    this.transformId = transformId;
    this.#coder = coder;
    this.#output = output;
    this.#current = current;
  }

  get index(): number {
    return this.#index;
  }

  get finished(): boolean {
    return this.#finished;
  }

  start(): void {
    this.#index = -1;
    this.#stop = Number.POSITIVE_INFINITY;
    this.#finished = false;
  }

  /** Works on the elements of a block, up to the first that was given away: others do the rest. */
  async read(block: Uint8Array, signal: AbortSignal): Promise<void> {
    const bytes = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block]);
    const reader = new ElementReader(bytes);
    this.#turnEnds = Date.now() + turnMilliseconds;
    // The stop may be set while an element is worked on.
    while (!reader.done && this.#index + 1 < this.#stop) {
      const start = reader.position;
      try {
        const waiting = this.#next(reader);
        if (waiting !== undefined) await waiting;
      } catch (error) {
        if (!(error instanceof TruncatedElement)) throw error;
        this.#rest = bytes.subarray(start);
        return;
      }
      if (Date.now() >= this.#turnEnds) {
        await nextTurn();
        signal.throwIfAborted();
        this.#turnEnds = Date.now() + turnMilliseconds;
      }
    }
    this.#rest = new Uint8Array();
  }

  /** No more blocks come. */
  finish(): void {
    this.#finished = true;
    this.#current.header = globalHeader;
    if (this.#rest.length === 0) return;
    throw internalError(`the runner's data for ${this.transformId} ends inside an element`);
  }

  /** Gives away what comes after an element. @returns the first element that is not worked on here, if any */
  split(desired: DesiredSplit): number | undefined {
    if (this.#finished) return undefined;
    const stop = findSplit({ index: this.#index, stop: this.#stop }, desired);
    if (stop !== undefined) this.#stop = stop;
    return stop;
  }

  #next(reader: ElementReader): Promise<void> | undefined {
    const element = this.#coder.decode(reader);
    this.#current.header = this.#coder.header;
    this.#index++;
    return this.#output.receive(element);
  }
}
