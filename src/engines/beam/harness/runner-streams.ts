import { DataStream } from './data-stream.js';
import type { LogStream } from './log-stream.js';
import { StateStream } from './state-stream.js';

/** The streams to the runner beside the control stream, each opened when a bundle first needs it. */
export class RunnerStreams {
  readonly log: LogStream;
  readonly #workerId: string;
  readonly #data = new Map<string, DataStream>();
  readonly #state = new Map<string, StateStream>();

  constructor(workerId: string, log: LogStream) {
    this.#workerId = workerId;
    this.log = log;
  }

  /** @param name Of one of several streams to the same address; empty where there is one. */
  data(url: string, name: string): DataStream {
    const key = `${url} ${name}`;
    const stream = this.#data.get(key) ?? new DataStream(url, this.#workerId, name);
    this.#data.set(key, stream);
    return stream;
  }

  state(url: string): StateStream {
    const stream = this.#state.get(url) ?? new StateStream(url, this.#workerId);
    this.#state.set(url, stream);
    return stream;
  }

  /** What is being read or written fails. */
  async end(): Promise<void> {
    await Promise.all([...this.#data.values(), ...this.#state.values()].map((stream) => stream.end()));
  }
}
