import { type Consumer, columnRead, columnsPicked, type Graph, type PlannedStage } from '../../pipeline/index.js';

/** What a stage does that takes no more of each row than a column as its key, perhaps one that deals it to a part, and some for an example of a split. */
export interface ColumnRoute {
  /** The column that is the key. */
  readonly key: string;
  /** The column by which rows are dealt to the branches, and how much each gets; undefined for a single branch. */
  readonly deal: { readonly by: string; readonly fractions: readonly number[] } | undefined;
  /** Undefined for a part that nobody reads. */
  readonly branches: readonly (ColumnBranch | undefined)[];
}

export interface ColumnBranch {
  /** The column of each field. */
  readonly picked: ReadonlyMap<string, string>;
  /** Index among the stage's outputs: a split. */
  readonly output: number;
}

/** The route of a stage's rows, where every function on it says which columns it reads; undefined where one is the author's own. */
export function columnRoute(stage: PlannedStage, graph: Graph): ColumnRoute | undefined {
  const keyStep = onlyStep(stage.consumers);
  const keyBy = keyStep === undefined ? undefined : graph.operations[keyStep];
  if (keyStep === undefined || keyBy?.kind !== 'keyBy') return undefined;
  const key = columnRead(keyBy.fn);
  const next = onlyStep(consumersOf(stage, keyStep));
  if (key === undefined || next === undefined) return undefined;
  const operation = graph.operations[next];
  if (operation?.kind !== 'splitBy') {
    const branch = branchOf(stage, graph, next);
    return branch && { key, deal: undefined, branches: [branch] };
  }
  const by = columnRead(operation.fn);
  if (by === undefined) return undefined;
  const branches: (ColumnBranch | undefined)[] = operation.fractions.map(() => undefined);
  for (const consumer of consumersOf(stage, next)) {
    const part = consumer.kind === 'step' ? graph.operations[consumer.node] : undefined;
    const step = consumer.kind === 'step' ? onlyStep(consumersOf(stage, consumer.node)) : undefined;
    const branch = step === undefined ? undefined : branchOf(stage, graph, step);
    if (part?.kind !== 'splitPart' || branch === undefined) return undefined;
    branches[part.index] = branch;
  }
  return { key, deal: { by, fractions: operation.fractions }, branches };
}

/** The columns that a route reads, each once. */
export function columnsOf({ key, deal, branches }: ColumnRoute): readonly string[] {
  const picked = branches.flatMap((branch) => [...(branch?.picked.values() ?? [])]);
  return [...new Set([key, ...(deal === undefined ? [] : [deal.by]), ...picked])];
}

function branchOf(stage: PlannedStage, graph: Graph, node: number): ColumnBranch | undefined {
  const operation = graph.operations[node];
  const picked = operation?.kind === 'mapValues' ? columnsPicked(operation.fn) : undefined;
  const consumers = consumersOf(stage, node);
  const [output] = consumers;
  if (picked === undefined || output?.kind !== 'output' || consumers.length > 1) return undefined;
  return stage.outputs[output.index]?.kind === 'split' ? { picked, output: output.index } : undefined;
}

function onlyStep(consumers: readonly Consumer[]): number | undefined {
  const [consumer] = consumers;
  return consumers.length === 1 && consumer?.kind === 'step' ? consumer.node : undefined;
}

function consumersOf(stage: PlannedStage, node: number): readonly Consumer[] {
  return stage.steps.find((step) => step.node === node)?.consumers ?? [];
}
