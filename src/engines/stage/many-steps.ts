import { DatasetsError } from '../../core/errors/index.js';
import type { GraphNode, UserFunction } from '../../pipeline/index.js';
import type { StepParts } from './element-steps.js';
import { type Iteration, isThenable, Lane } from './lane.js';
import type { Position, Positioned } from './positions.js';
import { positionText } from './positions.js';
import type { Push } from './push.js';
import type { TaskContext } from './task-context.js';

/** How often a walk through many results looks whether the build was stopped. */
const abortCheckMask = 1023;

/** flatMap: passes results on as they come, and pauses while what follows has no room. */
export function flatMapStep(parts: StepParts, fn: UserFunction): Push {
  const { node, context } = parts;
  const results = new ManyResults(parts);
  const call = parts.keyedInput ? (value: unknown, key: unknown) => fn([key, value]) : fn;
  return (value, key) => {
    let result: unknown;
    try {
      result = call(value, key);
    } catch (cause) {
      throw context.userError(node, cause, key);
    }
    results.pass(result, key);
  };
}

/** mapBatches: calls the function with `size` elements, and with what is left at the end of each source shard. */
export function mapBatchesStep(parts: StepParts, size: number, fn: UserFunction): Push {
  const { node, context } = parts;
  const results = new ManyResults(parts);
  let batch: unknown[] = [];
  let first: Position | undefined;
  const flush = () => {
    if (batch.length === 0) return;
    const full = batch;
    batch = [];
    const last = context.mark();
    // Whatever fails from here on, fails in the batch as a whole.
    context.moveTo({ source: spanOf(first ?? last, last), index: 0 });
    let result: unknown;
    try {
      result = fn(full);
    } catch (cause) {
      throw context.userError(node, cause, undefined);
    }
    results.pass(result, undefined);
    context.moveTo(last);
  };
  context.addBatch({
    order: node.id,
    flush,
    missing: () => (batch.length === 0 ? 0 : size - batch.length),
  });
  return (value, key) => {
    if (batch.length === 0) first = context.mark();
    batch.push(parts.keyedInput ? [key, value] : value);
    if (batch.length === size) flush();
  };
}

function spanOf(first: Position, last: Position): Positioned {
  return {
    position: () => {
      const [from, to] = [positionText(first), positionText(last)];
      return from === to || to === undefined ? (from ?? 'a batch') : `${from} to ${to}`;
    },
  };
}

/** Passes on all results of one call, in order with those of calls before it. */
class ManyResults {
  readonly #context: TaskContext;
  readonly #node: GraphNode;
  readonly #next: Push;
  readonly #lane: Lane;

  constructor({ context, node, next }: StepParts) {
    this.#context = context;
    this.#node = node;
    this.#next = next;
    this.#lane = Lane.ofStep(context, node, (result, _value, key) => this.#start(result, key));
  }

  pass(result: unknown, key: unknown): void {
    if (this.#lane.length > 0 || isThenable(result)) this.#lane.add(result, undefined, key);
    else this.#start(result, key);
  }

  #start(result: unknown, key: unknown): void {
    const iteration = this.#iterate(result, key);
    if (iteration instanceof AsyncIteration) this.#lane.resumeLater(iteration);
    else if (!iteration.advance()) this.#lane.resumeLater(iteration);
  }

  #iterate(result: unknown, key: unknown): SyncIteration | AsyncIteration {
    if (typeof result === 'object' && result !== null) {
      if (Symbol.iterator in result) {
        return new SyncIteration(
          this.#context,
          this.#node,
          this.#next,
          key,
          (result as Iterable<unknown>)[Symbol.iterator](),
        );
      }
      if (Symbol.asyncIterator in result) {
        const iterator = (result as AsyncIterable<unknown>)[Symbol.asyncIterator]();
        return new AsyncIteration(this.#context, this.#node, this.#next, key, iterator);
      }
    }
    const error = new DatasetsError(
      'PIPELINE_INVALID',
      `its function returned ${describe(result)}, not many elements`,
      {
        hint: 'Return an array or another iterable, or make the function a generator. For one element use map.',
      },
    );
    throw this.#context.userError(this.#node, error, key);
  }
}

class SyncIteration implements Iteration {
  readonly #context: TaskContext;
  readonly #node: GraphNode;
  readonly #next: Push;
  readonly #key: unknown;
  readonly #iterator: Iterator<unknown>;

  constructor(context: TaskContext, node: GraphNode, next: Push, key: unknown, iterator: Iterator<unknown>) {
    this.#context = context;
    this.#node = node;
    this.#next = next;
    this.#key = key;
    this.#iterator = iterator;
  }

  advance(): boolean {
    const context = this.#context;
    const iterator = this.#iterator;
    for (let count = 1; ; count++) {
      let step: IteratorResult<unknown>;
      try {
        step = iterator.next();
      } catch (cause) {
        throw context.userError(this.#node, cause, this.#key);
      }
      if (step.done === true) return true;
      if (context.stopped) {
        this.close();
        return true;
      }
      try {
        this.#next(step.value, undefined);
      } catch (error) {
        this.close();
        throw error;
      }
      if (context.pending > 0 && !context.hasRoomAfter(this.#node.id)) return false;
      if ((count & abortCheckMask) === 0) context.throwIfAborted();
    }
  }

  /** Called when the task fails: what the generator throws while it cleans up would only hide why. */
  close(): void {
    try {
      this.#iterator.return?.();
    } catch {
      // See above.
    }
  }
}

class AsyncIteration implements Iteration {
  readonly #context: TaskContext;
  readonly #node: GraphNode;
  readonly #next: Push;
  readonly #key: unknown;
  readonly #iterator: AsyncIterator<unknown>;

  constructor(context: TaskContext, node: GraphNode, next: Push, key: unknown, iterator: AsyncIterator<unknown>) {
    this.#context = context;
    this.#node = node;
    this.#next = next;
    this.#key = key;
    this.#iterator = iterator;
  }

  async advance(): Promise<boolean> {
    const context = this.#context;
    const position = context.mark();
    for (let count = 1; ; count++) {
      let step: IteratorResult<unknown>;
      try {
        step = await this.#iterator.next();
      } catch (cause) {
        throw context.userError(this.#node, cause, this.#key, position);
      }
      if (step.done === true) return true;
      this.#next(step.value, undefined);
      if (context.pending > 0 && !context.hasRoomAfter(this.#node.id)) return false;
      if ((count & abortCheckMask) === 0) context.throwIfAborted();
    }
  }

  close(): void {
    void this.#iterator.return?.().then(undefined, () => {});
  }
}

function describe(result: unknown): string {
  if (result === null || result === undefined) return String(result);
  return typeof result === 'object' ? 'an object that is not iterable' : `a ${typeof result}`;
}
