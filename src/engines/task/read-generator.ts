import { DatasetsError } from '../../core/errors/index.js';
import type { GraphNode, UserFunction } from '../../pipeline/index.js';
import { invalidKey, isKey } from '../stage/element-steps.js';
import type { Push } from '../stage/push.js';
import { maxPending, type TaskContext } from '../stage/task-context.js';
import { elementsPerBatch, type Reading } from './read-source.js';
import type { UnitResume } from './task.js';
import { keyDigest } from './task-parts.js';

/** How many elements pass between two looks at whether a part is due: the author's functions may take long for each. */
const lookMask = 15;

/** Runs a generator of pairs from beginning to end. What an earlier attempt did with its first elements is not done again. */
export async function readGenerator(
  node: GraphNode,
  fn: UserFunction,
  resume: UnitResume | undefined,
  reading: Reading,
): Promise<void> {
  const { context, parts } = reading;
  context.source = { position: (index) => `${node.name} element ${index + 1}` };
  let pairs: unknown;
  try {
    pairs = fn();
  } catch (cause) {
    throw context.userError(node, cause, undefined);
  }
  const run: GeneratorRun = { node, reading, resume, lastKey: undefined };
  context.index = 0;
  if (typeof pairs === 'object' && pairs !== null && Symbol.iterator in pairs) {
    await readIterator((pairs as Iterable<unknown>)[Symbol.iterator](), run);
  } else if (typeof pairs === 'object' && pairs !== null && Symbol.asyncIterator in pairs) {
    await readAsyncIterator((pairs as AsyncIterable<unknown>)[Symbol.asyncIterator](), run);
  } else {
    const error = new DatasetsError('PIPELINE_INVALID', 'its function returned nothing that can be iterated', {
      hint: 'Make it a generator: p.generate(function* () { yield [key, example]; }).',
    });
    throw context.userError(node, error, undefined);
  }
  const consumed = context.index;
  await context.endOfUnit();
  parts?.endOfGenerator(consumed, run.lastKey);
}

interface GeneratorRun {
  readonly node: GraphNode;
  readonly reading: Reading;
  readonly resume: UnitResume | undefined;
  lastKey: unknown;
}

/** However it is left, the generator's own `finally` runs. */
async function readIterator(iterator: Iterator<unknown>, run: GeneratorRun): Promise<void> {
  const { node, reading, resume } = run;
  const { push, context, meter, parts } = reading;
  const next = (): IteratorResult<unknown> => {
    try {
      return iterator.next();
    } catch (cause) {
      throw context.userError(node, cause, undefined);
    }
  };
  /** Takes up to so many pairs, exactly so many on the way to the end of a part; true when the generator has ended. */
  const takeBatch = (missing: number | undefined): boolean => {
    for (let count = 0; count < (missing ?? elementsPerBatch); count++) {
      const step = next();
      if (step.done === true) return true;
      run.lastKey = pushPair(node, step.value, push, context);
      context.index++;
      if (context.pending >= maxPending || context.stopped) return false;
      if ((count & lookMask) === lookMask && missing === undefined && parts?.isDue() === true) return false;
    }
    return false;
  };
  try {
    if (resume !== undefined) await skip(resume, run, next);
    let missing: number | undefined;
    for (let done = false; !done && !context.stopped; ) {
      const before = context.index;
      done = takeBatch(missing);
      if (context.pending >= maxPending) await context.drain(maxPending / 2);
      const turn = meter.endOfBatch(context.index - before);
      if (turn !== undefined) await turn;
      missing = undefined;
      if (!done && parts?.isDue() === true) missing = await parts.afterElements(context.index, run.lastKey);
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

async function readAsyncIterator(iterator: AsyncIterator<unknown>, run: GeneratorRun): Promise<void> {
  const { node, reading, resume } = run;
  const { push, context, meter, parts } = reading;
  const next = async (): Promise<IteratorResult<unknown>> => {
    try {
      return await iterator.next();
    } catch (cause) {
      throw context.userError(node, cause, undefined);
    }
  };
  try {
    if (resume !== undefined) await skip(resume, run, next);
    let untilPart = 1;
    for (let unmetered = 0; !context.stopped; ) {
      const step = await next();
      if (step.done !== true) {
        run.lastKey = pushPair(node, step.value, push, context);
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
      if (parts === undefined || --untilPart > 0 || !parts.isDue()) continue;
      void meter.endOfBatch(unmetered);
      unmetered = 0;
      untilPart = (await parts.afterElements(context.index, run.lastKey)) ?? 1;
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

/**
 * Replays a generator to where an earlier attempt came; the elements pass no step.
 *
 * @throws DatasetsError PIPELINE_INVALID when it doesn't give the same elements as then.
 */
async function skip(
  { consumed, lastKey }: UnitResume,
  run: GeneratorRun,
  next: () => IteratorResult<unknown> | Promise<IteratorResult<unknown>>,
): Promise<void> {
  const { context, meter, parts } = run.reading;
  let key: unknown;
  while (context.index < consumed) {
    const called = next();
    const step = called instanceof Promise ? await called : called;
    if (step.done === true) break;
    key = Array.isArray(step.value) ? step.value[0] : undefined;
    context.index++;
    if (context.index % elementsPerBatch !== 0) continue;
    const turn = meter.endOfBatch(0);
    if (turn !== undefined) await turn;
  }
  if (context.index < consumed || keyDigest(isKey(key) ? key : undefined) !== lastKey) {
    const error = new DatasetsError(
      'PIPELINE_INVALID',
      `it does not give the same elements as before the build was stopped: they differ at or before element ${consumed}`,
      {
        hint: 'A generator must give the same elements each time: ask for facts from outside with p.once(). Build again, with --restart.',
      },
    );
    throw context.userError(run.node, error, undefined);
  }
  run.lastKey = key;
  parts?.skipped();
}

/** Pushes what a generator gave; returns the key. */
function pushPair(node: GraphNode, pair: unknown, push: Push, context: TaskContext): unknown {
  if (!Array.isArray(pair) || pair.length !== 2) {
    const error = new DatasetsError('PIPELINE_INVALID', 'it yielded something that is no [key, example] pair', {
      hint: 'yield [key, example], with a key that is unique in its split.',
    });
    throw context.userError(node, error, undefined);
  }
  const key: unknown = pair[0];
  if (!isKey(key)) throw context.userError(node, invalidKey(key), undefined);
  push(pair[1], key);
  return key;
}
