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
    return usable(this.#data, key, () => new DataStream(url, this.#workerId, name));
  }

  state(url: string): StateStream {
    return usable(this.#state, url, () => new StateStream(url, this.#workerId));
  }

  /** What is being read or written fails. */
  async end(): Promise<void> {
    await Promise.all([...this.#data.values(), ...this.#state.values()].map((stream) => stream.end()));
  }
}

/** The stream that is open, or a new one where there is none or it broke off: the next bundle may have better luck. */
function usable<Stream extends { readonly broken: boolean }>(
  streams: Map<string, Stream>,
  key: string,
  open: () => Stream,
): Stream {
  const known = streams.get(key);
  if (known !== undefined && !known.broken) return known;
  const stream = open();
  streams.set(key, stream);
  return stream;
}
