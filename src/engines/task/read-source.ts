import { DatasetsError } from '../../core/errors/index.js';
import type { GraphNode, UserFunction } from '../../pipeline/index.js';
import type { Source, SourceContext, SourceShard } from '../../sources/index.js';
import { ValueReader } from '../../values/index.js';
import { invalidKey, isKey } from '../stage/element-steps.js';
import type { Push } from '../stage/push.js';
import { maxPending, type TaskContext } from '../stage/task-context.js';
import type { Meter } from './meter.js';

/** How a unit is read: elements go to `push`, in order. */
export interface Reading {
  readonly push: Push;
  readonly context: TaskContext;
  readonly meter: Meter;
}

/** Elements between two looks at the clock and at whether to stop, where a source has no batches of its own. */
export const elementsPerBatch = 1024;

export async function readShard(
  source: Source<unknown>,
  shard: SourceShard,
  sourceContext: SourceContext,
  { push, context, meter }: Reading,
): Promise<void> {
  for await (const batch of source.read(shard, sourceContext)) {
    const { elements } = batch;
    context.source = batch;
    for (let at = 0; at < elements.length && !context.stopped; ) {
      at = pushRun(elements, at, push, context);
      if (context.pending >= maxPending) await context.drain(maxPending / 2);
    }
    const turn = meter.endOfBatch(elements.length);
    if (turn !== undefined) await turn;
    if (context.stopped) break;
  }
  await context.endOfUnit();
}

/** Pushes elements until the end, or until the stage wants a pause; returns where to go on. Kept apart from the loop that waits, to be fast. */
function pushRun(elements: readonly unknown[], from: number, push: Push, context: TaskContext): number {
  const { length } = elements;
  for (let i = from; i < length; i++) {
    context.index = i;
    push(elements[i], undefined);
    if (context.pending >= maxPending || context.stopped) return i + 1;
  }
  return length;
}

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
  } finally {
    // Lets the generator's own `finally` run when it is left before its end.
    iterator.return?.();
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
      if (step.done === true) return;
    }
  } finally {
    await iterator.return?.();
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

/** The elements of `create`, decoded from where the graph keeps them. */
export async function readCreated(
  node: GraphNode,
  encoded: Uint8Array,
  { push, context, meter }: Reading,
): Promise<void> {
  const reader = new ValueReader(encoded);
  context.source = { position: (index) => `${node.name} element ${index + 1}` };
  context.index = 0;
  while (reader.offset < encoded.length && !context.stopped) {
    const before = context.index;
    while (reader.offset < encoded.length && context.index - before < elementsPerBatch && !context.stopped) {
      push(reader.read(), undefined);
      context.index++;
      if (context.pending >= maxPending) await context.drain(maxPending / 2);
    }
    const turn = meter.endOfBatch(context.index - before);
    if (turn !== undefined) await turn;
  }
  await context.endOfUnit();
}
