import { internalError } from '../../../core/errors/index.js';
import type { BeamValue } from '../coders/beam-value.js';
import { describeKey, TransformFailure } from './describe-failure.js';
import type { BundleContext, DoFn, LogSeverity } from './do-fn.js';
import type { LogOrigin } from './log-stream.js';
import type { Receiver } from './receiver.js';

/** The part of a context that does not depend on the transform. */
export type SharedContext = Pick<BundleContext, 'workerId' | 'bundleId' | 'signal' | 'afterCommit'>;

export interface ParDoParts {
  readonly transformId: string;
  readonly transformName: string;
  readonly doFn: DoFn;
  /** By the outputs' names. */
  readonly outputs: ReadonlyMap<string, Receiver>;
  readonly sideInput: BundleContext['sideInput'];
  log(severity: LogSeverity, message: string, origin: LogOrigin): void;
}

/** Runs a DoFn on elements, one after the other, also where the transform before it does not wait. */
export class ParDo implements Receiver {
  readonly transformId: string;
  /** Of this bundle, by the counters' names. */
  readonly counters = new Map<string, number>();
  readonly #parts: ParDoParts;
  #context: BundleContext | undefined;
  /** The element that is being worked on, where that takes time. */
  #work: Promise<void> | undefined;
  /** What the outputs since then wait for. */
  #waiting: Promise<void> | undefined;
  #lastWaiting: Promise<void> | undefined;
  /** A receiver's error, which the DoFn may have caught, or not waited for. */
  #failed: { readonly error: unknown } | undefined;

  constructor(parts: ParDoParts) {
    this.transformId = parts.transformId;
    this.#parts = parts;
  }

  async start(shared: SharedContext): Promise<void> {
    this.#context = this.#makeContext(shared);
    await this.#call('startBundle');
  }

  receive(element: BeamValue): Promise<void> | undefined {
    const work = this.#work === undefined ? this.#process(element) : this.#work.then(() => this.#process(element));
    if (work === undefined) return undefined;
    const following = work.finally(() => {
      if (this.#work === following) this.#work = undefined;
    });
    this.#work = following;
    return following;
  }

  async finish(): Promise<void> {
    await this.#work;
    await this.#call('finishBundle');
  }

  async teardown(): Promise<void> {
    await this.#parts.doFn.teardown?.();
  }

  async #call(method: 'startBundle' | 'finishBundle'): Promise<void> {
    try {
      await this.#parts.doFn[method]?.(this.#running());
      await this.#outputsTaken();
    } catch (error) {
      throw this.#failure(error, ` in ${method}`);
    }
  }

  #process(element: BeamValue): Promise<void> | undefined {
    try {
      const processing = this.#parts.doFn.process(element, this.#running());
      // A promise for each element would cost more than most elements do.
      if (processing === undefined && this.#waiting === undefined && this.#failed === undefined) return undefined;
      return this.#settle(processing, element);
    } catch (error) {
      throw this.#failure(error, describeKey(element));
    }
  }

  async #settle(processing: void | Promise<void>, element: BeamValue): Promise<void> {
    try {
      await processing;
      await this.#outputsTaken();
    } catch (error) {
      throw this.#failure(error, describeKey(element));
    }
  }

  async #outputsTaken(): Promise<void> {
    await this.#waiting;
    this.#waiting = undefined;
    this.#lastWaiting = undefined;
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  #running(): BundleContext {
    if (this.#context === undefined)
      throw internalError(`${this.#parts.transformName} got an element before its bundle`);
    return this.#context;
  }

  #failure(error: unknown, place: string): TransformFailure {
    if (error instanceof TransformFailure) return error;
    return new TransformFailure(this.transformId, `${this.#parts.transformName}${place}`, error);
  }

  #makeContext(shared: SharedContext): BundleContext {
    const { transformId, transformName, sideInput, log, outputs } = this.#parts;
    const origin = { bundleId: shared.bundleId, transformId };
    return {
      ...shared,
      sideInput,
      log: (severity, message) => log(severity, message, origin),
      counter: (name, amount) => void this.counters.set(name, (this.counters.get(name) ?? 0) + amount),
      emit: (output, value) => {
        const receiver = outputs.get(output);
        if (receiver === undefined) throw internalError(`${transformName} has no output named ${output}`);
        return this.#emit(receiver, value);
      },
    };
  }

  #emit(receiver: Receiver, value: BeamValue): Promise<void> | undefined {
    try {
      const waiting = receiver.receive(value);
      if (waiting !== undefined && waiting !== this.#lastWaiting) this.#remember(waiting);
      return waiting;
    } catch (error) {
      this.#failed ??= { error };
      throw error;
    }
  }

  /** Waited for after the element, should the DoFn not do it; an error is thrown there, too. */
  #remember(waiting: Promise<void>): void {
    const noted = waiting.catch((error: unknown) => {
      this.#failed ??= { error };
    });
    this.#lastWaiting = waiting;
    this.#waiting = this.#waiting === undefined ? noted : Promise.all([this.#waiting, noted]).then(() => undefined);
  }
}
