import type { GraphNode, GraphSignature } from './graph.js';
import { functionKinds } from './operation.js';

/**
 * The level of every node that a split needs; undefined for the others.
 *
 * A function may call `get` of any side input declared before it, so a step that calls functions has a higher level than all those side inputs.
 * Stages run level by level. What waits for nothing is then moved to the level of its first follower, so that as few elements
 * as possible have to be kept from one level to the next.
 */
export function nodeLevels(graph: GraphSignature): readonly (number | undefined)[] {
  const needed = neededNodes(graph);
  const earliest = earliestLevels(graph.nodes, needed);
  return latestLevels(graph.nodes, needed, earliest);
}

function mayUse(node: GraphNode, sideInput: GraphNode): boolean {
  return functionKinds.has(node.kind) && sideInput.id < node.id;
}

function neededNodes({ nodes, splits }: GraphSignature): ReadonlySet<number> {
  const needed = new Set<number>();
  const pending = splits.map((split) => split.node);
  const sideInputs = nodes.filter((node) => node.kind === 'sideInput');
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const node = nodes[id];
    if (node === undefined || needed.has(id)) continue;
    needed.add(id);
    pending.push(...node.inputs);
    for (const sideInput of sideInputs) if (mayUse(node, sideInput)) pending.push(sideInput.id);
  }
  return needed;
}

function earliestLevels(nodes: readonly GraphNode[], needed: ReadonlySet<number>): readonly number[] {
  const levels: number[] = [];
  /** One more than the highest level of the side inputs so far. */
  let afterSideInputs = 0;
  for (const node of nodes) {
    const level = node.inputs.reduce((highest, input) => Math.max(highest, levels[input] ?? 0), 0);
    levels.push(functionKinds.has(node.kind) && needed.has(node.id) ? Math.max(level, afterSideInputs) : level);
    if (node.kind === 'sideInput' && needed.has(node.id)) afterSideInputs = Math.max(afterSideInputs, level + 1);
  }
  return levels;
}

function latestLevels(
  nodes: readonly GraphNode[],
  needed: ReadonlySet<number>,
  earliest: readonly number[],
): readonly (number | undefined)[] {
  const latest: (number | undefined)[] = nodes.map(() => undefined);
  for (const node of [...nodes].reverse()) {
    if (!needed.has(node.id)) continue;
    const level = node.kind === 'sideInput' ? earliest[node.id] : latest[node.id];
    const settled = level ?? earliest[node.id] ?? 0;
    latest[node.id] = settled;
    for (const input of node.inputs) latest[input] = Math.min(latest[input] ?? settled, settled);
  }
  // The parts of a splitBy are dealt in one place: what can run later is what follows them.
  for (const node of nodes) {
    const input = node.inputs[0];
    if (node.kind === 'splitPart' && input !== undefined && needed.has(node.id)) latest[node.id] = latest[input];
  }
  return latest;
}
