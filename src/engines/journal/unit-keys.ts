import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Graph, Plan, PlannedStage } from '../../pipeline/index.js';
import type { ShardTask } from '../../writers/index.js';
import type { StageUnit } from '../task/task.js';

/**
 * Keys of units and stages: digests over all that their results depend on, so that work is found again by its key alone, and never where anything
 * was changed. The number of workers and the sizes of buffers are no part of them.
 */

function digest(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

/**
 * A graph without the texts of functions: comments and formatting count in those, and the identity of the build covers the code. What `create` holds
 * stays in.
 */
function shapeOf(graph: Graph): string {
  const nodes = graph.nodes.map(({ code, ...node }) => (node.kind === 'create' ? { ...node, code } : node));
  return digest(nodes, graph.splits);
}

/** The key of each stage, by its index in the plan: over the build, its own source, and the stages that it reads. */
export function stageKeys(
  identity: string,
  graph: Graph,
  plan: Plan,
  sourceStates: ReadonlyMap<number, string>,
): readonly string[] {
  const shape = shapeOf(graph);
  const keys: string[] = [];
  for (const [index, stage] of plan.stages.entries()) {
    const read = plan.stages.slice(0, index).flatMap((earlier, i) => (isRead(earlier, stage) ? [keys[i]] : []));
    keys.push(digest(identity, shape, stage, sourceStates.get(stage.root.node) ?? '', read));
  }
  return keys;
}

/** Whether what a stage gives depends on an earlier one: it reads its elements, or a side input that is made of them. */
function isRead(earlier: PlannedStage, stage: PlannedStage): boolean {
  return earlier.outputs.some(
    (output) =>
      (output.kind === stage.root.kind && output.node === stage.root.node) ||
      (output.kind === 'sideInput' && earlier.level < stage.level),
  );
}

/** The key of a unit of a stage. */
export function unitKey(stageKey: string, unit: StageUnit): string {
  return digest(stageKey, unitName(unit));
}

function unitName(unit: StageUnit): unknown {
  switch (unit.kind) {
    case 'shard':
      return [unit.kind, unit.shard.id, unit.shard.data];
    case 'partitions':
      return [unit.kind, unit.first, unit.last];
    case 'relay':
      // Where elements were dealt out by chance, other files hold other ones.
      return [unit.kind, unit.slices.map(({ file, offset, bytes }) => [basename(file), offset, bytes])];
    case 'batches':
      return [unit.kind, unit.batches.map(({ file, offset, bytes }) => [basename(file), offset, bytes])];
    case 'whole':
    case 'fanOut':
      return [unit.kind];
  }
}

export function sideInputKey(feeders: readonly string[], node: number, form: string): string {
  return digest('side input', feeders, node, form);
}

/** The key of all shards together: they depend on every stage. */
export function shardsKey(stages: readonly string[]): string {
  return digest('shards', stages);
}

export function shardKey(
  shards: string,
  { split, shard, shardCount, from, to, outputs }: Omit<ShardTask, 'input'>,
): string {
  return digest(shards, split, shard, shardCount, from, to, Object.keys(outputs).sort());
}
