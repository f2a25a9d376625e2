import type { BeamIterable, BeamValue } from '../coders/beam-value.js';

export type { BeamIterable, BeamValue, KeyValue } from '../coders/beam-value.js';

/** URN of the function in our ParDos: `FunctionSpec.urn` of `ParDoPayload.do_fn`. Its payload says which step of which job. */
export const taskDoFnUrn = 'ailab-datasets:dofn:task:v1';

export type LogSeverity = 'debug' | 'info' | 'warning' | 'error';

/**
 * What a ParDo of the pipeline runs. An instance works on one bundle at a time, and on many one after the other; a bundle that fails is given to a
 * new one. `process` is called when the element before it is done with.
 */
export interface DoFn {
  startBundle?(context: BundleContext): void | Promise<void>;
  process(element: BeamValue, context: BundleContext): void | Promise<void>;
  finishBundle?(context: BundleContext): void | Promise<void>;
  /** When no bundle will come any more, or after a bundle that failed. */
  teardown?(): void | Promise<void>;
}

/** A DoFn's view of its bundle. */
export interface BundleContext {
  readonly workerId: string;
  /** The runner's name of this attempt at a bundle. */
  readonly bundleId: string;
  /** Aborted when nobody waits for the bundle's outcome any more. */
  readonly signal: AbortSignal;
  /**
   * Gives an element to an output of the ParDo, by the name that it has in the pipeline.
   *
   * @returns a promise where the receivers have enough for now: await it before going on. Undefined otherwise, so that a tight loop pays for no promise.
   */
  emit(output: string, value: BeamValue): Promise<void> | undefined;
  /** Adds to a counter of the job. */
  counter(name: string, amount: number): void;
  log(severity: LogSeverity, message: string): void;
  /** All elements of a side input, by the name that the input has in the pipeline. */
  sideInput(name: string): BeamIterable;
  /** Calls back once the runner has made the bundle's outputs durable. Not every runner does, and no runner promises it. */
  afterCommit(callback: () => void | Promise<void>): void;
}

/** What a DoFn is made for. */
export interface DoFnHost {
  readonly workerId: string;
  /** The PTransform's id and its name in the pipeline. */
  readonly transformId: string;
  readonly transformName: string;
}

/** Makes the DoFn of a ParDo by its URN and payload. */
export type CreateDoFn = (urn: string, payload: Uint8Array, host: DoFnHost) => DoFn | Promise<DoFn>;
