import { internalError } from '../../core/errors/index.js';
import type { Consumer, Graph, GraphNode, PlannedStage, PlannedStep } from '../../pipeline/index.js';
import {
  filterStep,
  keyByStep,
  keysStep,
  mapStep,
  mapValuesStep,
  type StepParts,
  valuesStep,
  withResourceStep,
} from './element-steps.js';
import { flatMapStep, mapBatchesStep } from './many-steps.js';
import { type Push, pushToAll, withoutKey } from './push.js';
import { splitByStep } from './split-by.js';
import type { TaskContext } from './task-context.js';

export interface StageParts {
  readonly stage: PlannedStage;
  readonly graph: Graph;
  readonly context: TaskContext;
  /** By the index of the stage's outputs. They get pairs where the node before them has keys. */
  readonly outputs: readonly Push[];
  /** What `withResource` steps set up, by node. */
  readonly resources: ReadonlyMap<number, unknown>;
}

/** Fuses the steps of a stage into one function, to be called with each element of its root. */
export function compileStage(parts: StageParts): Push {
  const compiler = new StageCompiler(parts);
  return compiler.consumers(parts.stage.consumers, nodeOf(parts.graph, parts.stage.root.node));
}

class StageCompiler {
  readonly #parts: StageParts;
  readonly #steps: ReadonlyMap<number, PlannedStep>;
  /** A step that is reached on two ways is compiled once: it has one lane, one batch. */
  readonly #compiled = new Map<number, Push>();

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.#steps = new Map(parts.stage.steps.map((step) => [step.node, step]));
  }

  consumers(consumers: readonly Consumer[], from: GraphNode): Push {
    return pushToAll(
      consumers.map((consumer) =>
        consumer.kind === 'output' ? this.#output(consumer.index) : this.#step(consumer.node, from),
      ),
    );
  }

  #output(index: number): Push {
    const push = this.#parts.outputs[index];
    if (push === undefined) throw internalError(`a stage has no output ${index}`);
    return push;
  }

  #step(id: number, from: GraphNode): Push {
    let push = this.#compiled.get(id);
    if (push === undefined) {
      push = this.#compile(nodeOf(this.#parts.graph, id));
      this.#compiled.set(id, push);
    }
    const node = nodeOf(this.#parts.graph, id);
    return node.kind === 'merge' && !node.keyed && from.keyed ? withoutKey(push) : push;
  }

  #compile(node: GraphNode): Push {
    const { graph, context, resources } = this.#parts;
    const operation = graph.operations[node.id];
    const consumers = this.#steps.get(node.id)?.consumers ?? [];
    const keyedInput = nodeOf(graph, node.inputs[0] ?? 0).keyed;
    const parts = (): StepParts => ({ node, keyedInput, context, next: this.consumers(consumers, node) });
    switch (operation?.kind) {
      case 'map':
        return mapStep(parts(), operation.fn);
      case 'filter':
        return filterStep(parts(), operation.fn);
      case 'flatMap':
        return flatMapStep(parts(), operation.fn);
      case 'mapBatches':
        return mapBatchesStep(parts(), operation.size, operation.fn);
      case 'withResource':
        return withResourceStep(parts(), operation.fn, resources.get(node.id));
      case 'keyBy':
        return keyByStep(parts(), operation.fn);
      case 'mapValues':
        return mapValuesStep(parts(), operation.fn);
      case 'keys':
        return keysStep(parts());
      case 'values':
        return valuesStep(parts());
      case 'splitBy':
        return splitByStep(
          { node, keyedInput, context },
          operation.fn,
          operation.fractions,
          this.#splitParts(consumers),
        );
      case 'merge':
      case 'splitPart':
      case 'fanOut':
        return this.consumers(consumers, node);
      default:
        throw internalError(`${node.name} is no step of a stage`);
    }
  }

  #splitParts(consumers: readonly Consumer[]): Push[] {
    const pushes: Push[] = [];
    for (const consumer of consumers) {
      if (consumer.kind !== 'step') continue;
      const part = this.#parts.graph.operations[consumer.node];
      const node = nodeOf(this.#parts.graph, consumer.node);
      if (part?.kind === 'splitPart') pushes[part.index] = this.#step(consumer.node, node);
    }
    return pushes;
  }
}

function nodeOf(graph: Graph, id: number): GraphNode {
  const node = graph.nodes[id];
  if (node === undefined) throw internalError(`a graph has no node ${id}`);
  return node;
}
