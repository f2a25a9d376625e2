import { type Consumer, columnRead, columnsPicked, type Graph, type PlannedStage } from '../../pipeline/index.js';

/** What a stage does that takes no more of each row than a column as its key and some for an example of one split. */
export interface ColumnRoute {
  readonly key: string;
  /** The column of each field. */
  readonly picked: ReadonlyMap<string, string>;
  /** Index among the stage's outputs. */
  readonly output: number;
}

/** The route of a stage's rows, where every function on it says which columns it reads; undefined where one is the author's own. */
export function columnRoute(stage: PlannedStage, graph: Graph): ColumnRoute | undefined {
  const keyStep = onlyConsumer(stage.consumers);
  if (keyStep?.kind !== 'step') return undefined;
  const keyBy = graph.operations[keyStep.node];
  const exampleStep = onlyConsumer(consumersOf(stage, keyStep.node));
  if (keyBy?.kind !== 'keyBy' || exampleStep?.kind !== 'step') return undefined;
  const mapValues = graph.operations[exampleStep.node];
  const output = onlyConsumer(consumersOf(stage, exampleStep.node));
  if (mapValues?.kind !== 'mapValues' || output?.kind !== 'output') return undefined;
  if (stage.outputs[output.index]?.kind !== 'split') return undefined;
  const key = columnRead(keyBy.fn);
  const picked = columnsPicked(mapValues.fn);
  return key === undefined || picked === undefined ? undefined : { key, picked, output: output.index };
}

function consumersOf(stage: PlannedStage, node: number): readonly Consumer[] {
  return stage.steps.find((step) => step.node === node)?.consumers ?? [];
}

function onlyConsumer(consumers: readonly Consumer[]): Consumer | undefined {
  return consumers.length === 1 ? consumers[0] : undefined;
}
