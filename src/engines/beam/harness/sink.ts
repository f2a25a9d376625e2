import type { BeamValue } from '../coders/beam-value.js';
import { ElementWriter } from '../coders/element-writer.js';
import type { WindowedCoder } from '../coders/windowed-coder.js';
import type { DataStream } from './data-stream.js';
import type { Receiver } from './receiver.js';

/** Sent at once. Larger blocks cost memory, smaller ones calls. */
const blockBytes = 1 << 20;

/** The header of the element that a bundle is working on. */
export interface CurrentHeader {
  header: Uint8Array;
}

/** Encodes elements for the runner, and sends them by blocks. */
export class Sink implements Receiver {
  readonly #transformId: string;
  readonly #coder: WindowedCoder;
  readonly #current: CurrentHeader;
  readonly #writer = new ElementWriter();
  #send: (data: Uint8Array, isLast: boolean) => Promise<void> | undefined = () => undefined;

  constructor(transformId: string, coder: WindowedCoder, current: CurrentHeader) {
    this.#transformId = transformId;
    this.#coder = coder;
    this.#current = current;
  }

  start(bundleId: string, stream: DataStream): void {
    this.#send = (data, isLast) => stream.write(bundleId, this.#transformId, data, isLast);
  }

  receive(element: BeamValue): Promise<void> | undefined {
    this.#coder.encode(this.#current.header, element, this.#writer);
    return this.#writer.length < blockBytes ? undefined : this.#send(this.#writer.take(), false);
  }

  /** Sends what is left, and that no more comes. */
  async finish(): Promise<void> {
    if (this.#writer.length > 0) await this.#send(this.#writer.take(), false);
    await this.#send(new Uint8Array(), true);
  }
}
