import type { GraphNode } from '../../pipeline/index.js';
import type { Position } from './positions.js';
import type { TaskContext } from './task-context.js';

/** Passes on what came of an element. */
export type Emit = (result: unknown, value: unknown, key: unknown) => void;

/** The error to throw for a promise that was rejected. */
export type Failed = (error: unknown, key: unknown) => unknown;

type Entry =
  | {
      readonly kind: 'result';
      readonly outcome: Outcome;
      readonly value: unknown;
      readonly key: unknown;
      readonly position: Position;
    }
  | { readonly kind: 'iteration'; readonly iteration: Iteration; readonly position: Position };

/** What an asynchronous function gave, once `settled`. */
interface Outcome {
  readonly settled: Promise<void> | undefined;
  result: unknown;
  failure: { readonly error: unknown } | undefined;
}

/** A walk through many results that paused because its followers had no room. */
export interface Iteration {
  /** Goes on until there is no room again; true when nothing is left. */
  advance(): boolean | Promise<boolean>;
  /** Lets the author's generator clean up when the task fails. */
  close(): void;
}

/**
 * Keeps the results of one step in the order of its elements while some are still awaited.
 *
 * Empty as long as the step's function is synchronous: then nothing is queued, and no promise is made.
 */
export class Lane {
  /** Where in the stage it is: what is further down has a larger one, and is drained first. */
  readonly order: number;
  readonly #context: TaskContext;
  readonly #emit: Emit;
  readonly #failed: Failed;
  readonly #entries: Entry[] = [];
  #head = 0;

  constructor(context: TaskContext, order: number, emit: Emit, failed: Failed) {
    this.order = order;
    this.#context = context;
    this.#emit = emit;
    this.#failed = failed;
    context.addLane(this);
  }

  /** The lane of a step that calls the author's function. */
  static ofStep(context: TaskContext, node: GraphNode, emit: Emit): Lane {
    return new Lane(context, node.id, emit, (error, key) => context.userError(node, error, key));
  }

  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** Queues a result, or the promise of one. */
  add(result: unknown, value: unknown, key: unknown): void {
    const outcome = isThenable(result) ? awaited(result) : { settled: undefined, result, failure: undefined };
    this.#entries.push({ kind: 'result', outcome, value, key, position: this.#context.mark() });
    this.#context.pending++;
  }

  /** Puts a paused iteration before everything else. */
  resumeLater(iteration: Iteration): void {
    const entry: Entry = { kind: 'iteration', iteration, position: this.#context.mark() };
    if (this.#head > 0) this.#entries[--this.#head] = entry;
    else this.#entries.unshift(entry);
    this.#context.pending++;
  }

  /** Waits for the first entry and passes it on. */
  async step(): Promise<void> {
    const entry = this.#take();
    const { position } = entry;
    if (entry.kind === 'iteration') {
      this.#context.moveTo(position);
      const done = await entry.iteration.advance();
      if (!done) this.resumeLater(entry.iteration);
      return;
    }
    const { outcome, value, key } = entry;
    if (outcome.settled !== undefined) await outcome.settled;
    this.#context.moveTo(position);
    if (outcome.failure !== undefined) throw this.#failed(outcome.failure.error, key);
    this.#emit(outcome.result, value, key);
  }

  close(): void {
    for (const entry of this.#entries.slice(this.#head)) if (entry.kind === 'iteration') entry.iteration.close();
  }

  #take(): Entry {
    const entry = this.#entries[this.#head] as Entry;
    this.#head++;
    if (this.#head === this.#entries.length || this.#head > 1024) {
      this.#entries.splice(0, this.#head);
      this.#head = 0;
    }
    this.#context.pending--;
    return entry;
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { readonly then?: unknown }).then === 'function'
  );
}

/** Its promise never rejects: a failure is kept until its turn comes. */
function awaited(thenable: PromiseLike<unknown>): Outcome {
  const outcome: Outcome = {
    settled: Promise.resolve(thenable).then(
      (result) => {
        outcome.result = result;
      },
      (error: unknown) => {
        outcome.failure = { error };
      },
    ),
    result: undefined,
    failure: undefined,
  };
  return outcome;
}
