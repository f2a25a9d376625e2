import { DatasetsError } from '../../core/errors/index.js';
import type { GraphNode, UserFunction } from '../../pipeline/index.js';
import { invalidKey, isKey } from '../stage/element-steps.js';
import type { Push } from '../stage/push.js';
import { maxPending, type TaskContext } from '../stage/task-context.js';
import { elementsPerBatch, type Reading } from './read-source.js';

/** Runs a generator of pairs from beginning to end. */
export async function readGenerator(node: GraphNode, fn: UserFunction, reading: Reading): Promise<void> {
  const { context } = reading;
  context.source = { position: (index) => `${node.name} element ${index + 1}` };
  let pairs: unknown;
  try {
    pairs = fn();
  } catch (cause) {
    throw context.userError(node, cause, undefined);
  }
  if (typeof pairs === 'object' && pairs !== null && Symbol.iterator in pairs) {
    await readIterator(node, (pairs as Iterable<unknown>)[Symbol.iterator](), reading);
  } else if (typeof pairs === 'object' && pairs !== null && Symbol.asyncIterator in pairs) {
    await readAsyncIterator(node, (pairs as AsyncIterable<unknown>)[Symbol.asyncIterator](), reading);
  } else {
    const error = new DatasetsError('PIPELINE_INVALID', 'its function returned nothing that can be iterated', {
      hint: 'Make it a generator: p.generate(function* () { yield [key, example]; }).',
    });
    throw context.userError(node, error, undefined);
  }
  await context.endOfUnit();
}

/** However it is left, the generator's own `finally` runs. */
async function readIterator(
  node: GraphNode,
  iterator: Iterator<unknown>,
  { push, context, meter }: Reading,
): Promise<void> {
  /** Takes up to a batch of pairs; true when the generator has ended. */
  const takeBatch = (): boolean => {
    for (let count = 0; count < elementsPerBatch; count++) {
      let step: IteratorResult<unknown>;
      try {
        step = iterator.next();
      } catch (cause) {
        throw context.userError(node, cause, undefined);
      }
      if (step.done === true) return true;
      pushPair(node, step.value, push, context);
      context.index++;
      if (context.pending >= maxPending || context.stopped) return false;
    }
    return false;
  };
  context.index = 0;
  try {
    for (let done = false; !done && !context.stopped; ) {
      const before = context.index;
      done = takeBatch();
      if (context.pending >= maxPending) await context.drain(maxPending / 2);
      const turn = meter.endOfBatch(context.index - before);
      if (turn !== undefined) await turn;
    }
  } catch (error) {
    closeQuietly(() => iterator.return?.());
    throw error;
  }
  try {
    iterator.return?.();
  } catch (cause) {
    throw context.userError(node, cause, undefined);
  }
}

/** Lets the author's generator clean up after a failure, which an error of its own would only hide. */
function closeQuietly(close: () => unknown): void {
  try {
    close();
  } catch {
    // See above.
  }
}

async function readAsyncIterator(
  node: GraphNode,
  iterator: AsyncIterator<unknown>,
  { push, context, meter }: Reading,
): Promise<void> {
  context.index = 0;
  try {
    for (let unmetered = 0; !context.stopped; ) {
      let step: IteratorResult<unknown>;
      try {
        step = await iterator.next();
      } catch (cause) {
        throw context.userError(node, cause, undefined);
      }
      if (step.done !== true) {
        pushPair(node, step.value, push, context);
        context.index++;
        unmetered++;
      }
      if (context.pending >= maxPending) await context.drain(maxPending / 2);
      if (step.done === true || unmetered === elementsPerBatch) {
        const turn = meter.endOfBatch(unmetered);
        if (turn !== undefined) await turn;
        unmetered = 0;
      }
      if (step.done === true) break;
    }
  } catch (error) {
    await iterator.return?.().then(undefined, () => {});
    throw error;
  }
  try {
    await iterator.return?.();
  } catch (cause) {
    throw context.userError(node, cause, undefined);
  }
}

function pushPair(node: GraphNode, pair: unknown, push: Push, context: TaskContext): void {
  if (!Array.isArray(pair) || pair.length !== 2) {
    const error = new DatasetsError('PIPELINE_INVALID', 'it yielded something that is no [key, example] pair', {
      hint: 'yield [key, example], with a key that is unique in its split.',
    });
    throw context.userError(node, error, undefined);
  }
  const key: unknown = pair[0];
  if (!isKey(key)) throw context.userError(node, invalidKey(key), undefined);
  push(pair[1], key);
}
