import type { GraphNode } from '../../pipeline/index.js';
import {
  hasCells,
  type ReadColumns,
  type Source,
  type SourceBatch,
  type SourceContext,
  type SourceShard,
} from '../../sources/index.js';
import { ValueReader } from '../../values/index.js';
import type { Push } from '../stage/push.js';
import { maxPending, type TaskContext } from '../stage/task-context.js';
import type { CellRouter } from './cell-router.js';
import type { Meter } from './meter.js';
import type { TaskParts } from './task-parts.js';

/** How a unit is read: elements go to `push`, in order. */
export interface Reading {
  readonly push: Push;
  readonly context: TaskContext;
  readonly meter: Meter;
  /** There only where the unit is kept part by part. */
  readonly parts: TaskParts | undefined;
}

/** Elements between two looks at the clock and at whether to stop, where a source has no batches of its own. */
export const elementsPerBatch = 1024;

export async function readShard(
  source: Source<unknown>,
  shard: SourceShard,
  sourceContext: SourceContext,
  reading: Reading,
): Promise<void> {
  for await (const batch of source.read(shard, sourceContext)) {
    const pushed = pushBatch(batch, reading);
    if (pushed !== undefined) await pushed;
    const turn = reading.meter.endOfBatch(batch.elements.length);
    if (turn !== undefined) await turn;
    if (reading.context.stopped) break;
  }
  await reading.context.endOfUnit();
}

/** The same for rows that go from the source to splits with no function of the author's between: as cells, where they can be read so. */
export async function readShardByColumns(
  readColumns: ReadColumns<unknown>,
  shard: SourceShard,
  sourceContext: SourceContext,
  router: CellRouter,
  reading: Reading,
): Promise<void> {
  for await (const batch of readColumns(shard, sourceContext, router.columns)) {
    let rows: number;
    if (hasCells(batch)) {
      ({ rows } = batch);
      // What goes wrong with cells (a full disk) is no single row's fault, nor that of the last one that was an element.
      reading.context.source = undefined;
      const taken = router.add(batch);
      if (taken < rows) for (const rest of batch.elementsFrom(taken)) await pushBatch(rest, reading);
    } else {
      rows = batch.elements.length;
      await pushBatch(batch, reading);
    }
    const turn = reading.meter.endOfBatch(rows);
    if (turn !== undefined) await turn;
    if (reading.context.stopped) break;
  }
  await reading.context.endOfUnit();
}

/** Pushes the elements of a batch; gives a promise only where the stage wants a pause before the last. */
function pushBatch(batch: SourceBatch<unknown>, { push, context }: Reading): Promise<void> | undefined {
  const { elements } = batch;
  context.source = batch;
  const at = pushRun(elements, 0, push, context);
  return context.pending < maxPending && (at === elements.length || context.stopped)
    ? undefined
    : pushRest(elements, at, push, context);
}

async function pushRest(elements: readonly unknown[], from: number, push: Push, context: TaskContext): Promise<void> {
  if (context.pending >= maxPending) await context.drain(maxPending / 2);
  for (let at = from; at < elements.length && !context.stopped; ) {
    at = pushRun(elements, at, push, context);
    if (context.pending >= maxPending) await context.drain(maxPending / 2);
  }
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
