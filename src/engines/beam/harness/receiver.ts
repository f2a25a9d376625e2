import type { BeamValue } from '../coders/beam-value.js';

/** Takes the elements of a PCollection, one after the other. */
export interface Receiver {
  /** @returns a promise where the next element has to wait for it */
  receive(element: BeamValue): Promise<void> | undefined;
}

/** A PCollection within a bundle: counts, and passes on to all that read it. */
export class Collection implements Receiver {
  readonly id: string;
  count = 0;
  readonly #receivers: readonly Receiver[];

  constructor(id: string, receivers: readonly Receiver[]) {
    this.id = id;
    this.#receivers = receivers;
  }

  receive(element: BeamValue): Promise<void> | undefined {
    this.count++;
    const [first] = this.#receivers;
    return this.#receivers.length === 1 ? first?.receive(element) : this.#passToAll(element);
  }

  #passToAll(element: BeamValue): Promise<void> | undefined {
    const waiting = this.#receivers
      .map((receiver) => receiver.receive(element))
      .filter((promise) => promise !== undefined);
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined);
  }
}
