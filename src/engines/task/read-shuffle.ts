import { DatasetsError } from '../../core/errors/index.js';
import type { Combiner, GraphNode, Operation } from '../../pipeline/index.js';
import { openSortedPartition, type RecordGroup, type RecordSlice } from '../shuffle/index.js';
import type { Positioned } from '../stage/positions.js';
import type { Push } from '../stage/push.js';
import { maxPending, type TaskContext } from '../stage/task-context.js';
import type { Reading } from './read-source.js';
import type { JoinReport } from './task.js';

/** Groups between two looks at the clock. */
const groupsPerBatch = 256;
/** The right side of a key is kept decoded while it is this small: most joins look up one value for many. */
const maxKeptRight = 1024;
const maxShownKeys = 3;

export interface ShuffleInput {
  readonly node: GraphNode;
  readonly operation: Operation;
  /** Whether values were combined before they were written. */
  readonly combined: boolean;
  readonly partitions: readonly (readonly RecordSlice[])[];
  readonly bufferBytes: number;
  readonly directory: string;
  /** Unique in the directory. */
  readonly name: string;
}

/** What a task has to say of a join, while it runs. */
interface JoinTally {
  leftMatched: number;
  left: number;
  right: number;
  readonly leftKeys: string[];
  readonly rightKeys: string[];
}

/** Hands on what a shuffle gathered, partition by partition, key by key. */
export async function readShuffle(input: ShuffleInput, reading: Reading): Promise<JoinReport | undefined> {
  const { context, meter } = reading;
  const sided = input.node.kind === 'join' || input.node.kind === 'coGroupByKey';
  const tally: JoinTally = { leftMatched: 0, left: 0, right: 0, leftKeys: [], rightKeys: [] };
  const emit = emitterOf(input, reading, tally);
  for (const [index, slices] of input.partitions.entries()) {
    const options = {
      bufferBytes: input.bufferBytes,
      directory: input.directory,
      name: `${input.name}-${index}`,
      sided,
    };
    const sorted = openSortedPartition(slices, options);
    try {
      let groups = 0;
      let rows = 0;
      for (let group = sorted.next(); group !== undefined && !context.stopped; group = sorted.next()) {
        context.source = new GroupPosition(input.node, group.key, context);
        const paused = emit(group);
        if (paused !== undefined) await paused;
        if (context.pending >= maxPending) await context.drain(maxPending / 2);
        rows += group.count;
        if (++groups % groupsPerBatch !== 0) continue;
        const turn = meter.endOfBatch(rows);
        rows = 0;
        if (turn !== undefined) await turn;
      }
      await meter.endOfBatch(rows);
      await context.endOfUnit();
    } finally {
      sorted.close();
    }
  }
  return input.node.kind === 'join' ? tally : undefined;
}

/** Elements after a shuffle are known by their group. */
class GroupPosition implements Positioned {
  readonly #node: GraphNode;
  readonly #key: unknown;
  readonly #context: TaskContext;

  constructor(node: GraphNode, key: unknown, context: TaskContext) {
    this.#node = node;
    this.#key = key;
    this.#context = context;
  }

  position(): string {
    return `${this.#node.name}, key ${this.#context.showKey(this.#key)}`;
  }
}

/** What is done with a group. It returns a promise when it has to pause. */
type EmitGroup = (group: RecordGroup) => Promise<void> | undefined;

function emitterOf(input: ShuffleInput, { push, context }: Reading, tally: JoinTally): EmitGroup {
  const { node, operation } = input;
  switch (operation.kind) {
    case 'groupByKey':
      return synchronously(({ key, values }) => push(values, key));
    case 'coGroupByKey':
      return synchronously(({ key, values, others }) => push([values, others], key));
    case 'distinct':
      return synchronously(({ key }) => push(key, undefined));
    case 'reshuffle':
      return node.keyed
        ? ({ key, values }) => pushAll(values, (value) => push(value, key), context)
        : ({ key, count }) => pushAll(repeated(key, count), (value) => push(value, undefined), context);
    case 'combinePerKey':
      return synchronously((group) => push(combined(input, operation.combiner, group, context), group.key));
    case 'join':
      return (group) => join(group, push, context, tally);
    default:
      throw new DatasetsError('INTERNAL', `${node.name} gathers nothing`, { hint: 'Please report this.' });
  }
}

function synchronously(emit: (group: RecordGroup) => void): EmitGroup {
  return (group) => {
    emit(group);
    return undefined;
  };
}

function* repeated(element: unknown, count: number): Generator<unknown> {
  for (let i = 0; i < count; i++) yield element;
}

/** Pushes what may be any number of elements, pausing when too many results are awaited. */
function pushAll(
  values: Iterable<unknown>,
  push: (value: unknown) => void,
  context: TaskContext,
): Promise<void> | undefined {
  const iterator = values[Symbol.iterator]();
  const run = (): boolean => {
    for (let step = iterator.next(); step.done !== true; step = iterator.next()) {
      push(step.value);
      if (context.pending >= maxPending) return false;
    }
    return true;
  };
  if (run()) return undefined;
  return (async () => {
    do await context.drain(maxPending / 2);
    while (!run());
  })();
}

function combined(
  { node, combined: lifted }: ShuffleInput,
  combiner: Combiner<unknown, unknown, unknown>,
  { key, values }: RecordGroup,
  context: TaskContext,
): unknown {
  try {
    let accumulator = combiner.create();
    if (lifted) for (const part of values) accumulator = combiner.merge(accumulator, part);
    else for (const value of values) accumulator = combiner.add(accumulator, value);
    return combiner.extract(accumulator);
  } catch (cause) {
    throw context.userError(node, cause, key);
  }
}

function join(group: RecordGroup, push: Push, context: TaskContext, tally: JoinTally): Promise<void> | undefined {
  const { key, values, others, count, otherCount } = group;
  if (otherCount === 0) {
    tally.left += count;
    showKey(tally.leftKeys, key, context);
    return undefined;
  }
  if (otherCount === count) {
    tally.right += count;
    showKey(tally.rightKeys, key, context);
    return undefined;
  }
  tally.leftMatched += count - otherCount;
  const kept = otherCount <= maxKeptRight ? [...others] : undefined;
  const [only] = kept ?? [];
  if (kept?.length === 1) return pushAll(values, (left) => push([left, only], key), context);
  return pushAll(pairs(values, kept ?? others), (pair) => push(pair, key), context);
}

function* pairs(lefts: Iterable<unknown>, rights: Iterable<unknown>): Generator<readonly [unknown, unknown]> {
  for (const left of lefts) for (const right of rights) yield [left, right];
}

function showKey(shown: string[], key: unknown, context: TaskContext): void {
  if (shown.length < maxShownKeys) shown.push(context.showKey(key));
}
