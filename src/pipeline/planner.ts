import type { GraphNode, GraphSignature } from './graph.js';
import { nodeLevels } from './levels.js';
import { isShuffle, isSource } from './operation.js';
import type { Consumer, Plan, PlannedStage, PlannedStep, StageOutput, StageRootKind } from './plan.js';

export interface PlanOptions {
  /**
   * Whether `fanOut` deals elements to all workers, as it does by default. Without, it is a step like any other: a build of the first examples only
   * must see them in the order of the source.
   */
  readonly fanOut?: boolean;
}

/**
 * Cuts a graph into stages: at every shuffle, at fanOut, and where a step must wait for a side input that its predecessor needn't wait for.
 * What no split needs is left out.
 */
export function planPipeline(graph: GraphSignature, options: PlanOptions = {}): Plan {
  return new Planner(graph, options.fanOut ?? true).plan();
}

interface Edge {
  readonly node: GraphNode;
  readonly input: number;
}

class Planner {
  readonly #graph: GraphSignature;
  readonly #fanOut: boolean;
  readonly #levels: readonly (number | undefined)[];
  /** For each node, who reads it. A node that reads another twice is there twice. */
  readonly #readers: readonly Edge[][];

  constructor(graph: GraphSignature, fanOut: boolean) {
    this.#graph = graph;
    this.#fanOut = fanOut;
    this.#levels = nodeLevels(graph);
    this.#readers = graph.nodes.map(() => []);
    for (const node of graph.nodes) {
      if (this.#levels[node.id] === undefined) continue;
      for (const [index, input] of node.inputs.entries()) this.#readers[input]?.push({ node, input: index });
    }
  }

  plan(): Plan {
    const stages = this.#roots().map(({ kind, node, level }) => this.#stage(kind, node, level));
    return { stages, splits: this.#graph.splits.map((split) => split.name) };
  }

  /** Sorted so that what a stage reads was written by stages before it: inputs have smaller ids, side inputs lower levels. */
  #roots(): { kind: StageRootKind; node: GraphNode; level: number }[] {
    const roots: { kind: StageRootKind; node: GraphNode; level: number }[] = [];
    for (const node of this.#graph.nodes) {
      const level = this.#levels[node.id];
      if (level === undefined) continue;
      const kind = this.#rootKind(node);
      if (kind !== undefined) roots.push({ kind, node, level });
      for (const later of this.#relayLevels(node, level)) roots.push({ kind: 'relay', node, level: later });
    }
    return roots.sort((a, b) => a.level - b.level || a.node.id - b.node.id);
  }

  #rootKind(node: GraphNode): StageRootKind | undefined {
    if (isSource(node.kind)) return 'source';
    if (isShuffle(node.kind)) return 'shuffle';
    return node.kind === 'fanOut' && this.#fanOut ? 'fanOut' : undefined;
  }

  /** Whether a node runs in the same stage as what it reads, if their levels agree. */
  #isStep(node: GraphNode): boolean {
    return node.kind !== 'sideInput' && this.#rootKind(node) === undefined;
  }

  #relayLevels(node: GraphNode, level: number): number[] {
    const later = this.#readersOf(node)
      .filter((edge) => this.#isStep(edge.node))
      .map((edge) => this.#levels[edge.node.id] ?? level)
      .filter((readerLevel) => readerLevel > level);
    return [...new Set(later)];
  }

  #readersOf(node: GraphNode): readonly Edge[] {
    return this.#readers[node.id] ?? [];
  }

  #stage(kind: StageRootKind, root: GraphNode, level: number): PlannedStage {
    const outputs: StageOutput[] = [];
    const steps = new Map<number, PlannedStep>();
    const visit = (node: GraphNode): Consumer[] => {
      // A relay only feeds the steps that had to wait; the node's other readers were served where it was computed.
      const computedHere = this.#levels[node.id] === level;
      const consumers: Consumer[] = [];
      const output = (stageOutput: StageOutput) => {
        consumers.push({ kind: 'output', index: outputs.length });
        outputs.push(stageOutput);
      };
      for (const edge of this.#readersOf(node)) {
        if (!this.#isStep(edge.node)) {
          if (computedHere) output(this.#outputTo(edge, node, level));
        } else if (this.#levels[edge.node.id] === level) {
          consumers.push({ kind: 'step', node: edge.node.id });
          this.#addStep(steps, edge.node, visit);
        }
      }
      if (computedHere) {
        if (this.#relayLevels(node, level).length > 0) output({ kind: 'relay', node: node.id, from: node.id });
        for (const split of this.#graph.splits) {
          if (split.node === node.id) output({ kind: 'split', split: split.name, from: node.id });
        }
      }
      return consumers;
    };
    const consumers = visit(root);
    const inOrder = [...steps.values()].sort((a, b) => a.node - b.node);
    const name = kind === 'relay' ? `${root.name} again (level ${level})` : root.name;
    return { name, level, root: { kind, node: root.id }, steps: inOrder, consumers, outputs };
  }

  #addStep(steps: Map<number, PlannedStep>, node: GraphNode, visit: (node: GraphNode) => Consumer[]): void {
    if (steps.has(node.id)) return;
    const consumers: Consumer[] = [];
    steps.set(node.id, { node: node.id, name: node.name, kind: node.kind, consumers });
    consumers.push(...visit(node));
  }

  #outputTo({ node, input }: Edge, from: GraphNode, level: number): StageOutput {
    if (node.kind === 'sideInput') {
      const form = (node.options as { readonly form: 'list' | 'map' | 'singleton' }).form;
      return { kind: 'sideInput', node: node.id, form, from: from.id };
    }
    if (node.kind === 'fanOut') return { kind: 'fanOut', node: node.id, from: from.id };
    // A combiner may read side inputs: before their level it can't be called yet.
    const exact = node.kind === 'combinePerKey' && (node.options as { readonly exact: boolean }).exact;
    return { kind: 'shuffle', node: node.id, input, combine: exact && this.#levels[node.id] === level, from: from.id };
  }
}
