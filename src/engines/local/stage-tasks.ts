import { join } from 'node:path';
import type { PlannedStage } from '../../pipeline/index.js';
import type { SourceShard } from '../../sources/index.js';
import type { KeptElements } from '../gather/kept-elements.js';
import { type NamedUnit, stageUnits } from '../gather/stage-units.js';
import type { PreparedJob } from '../task/prepared-job.js';
import { fanOutFile } from '../task/stage-outputs.js';
import type { StageResult, StageTask } from '../task/task.js';
import type { FanOuts } from './fan-outs.js';
import { offerBatches } from './offer-batches.js';
import type { Resumption } from './resumption.js';

export interface StageTasks {
  readonly tasks: readonly StageTask[];
  /** What there is of each task already: all of it, or what comes before where it goes on. */
  readonly known: readonly (KnownTask | undefined)[];
  /** What there is that belongs to no task of this attempt. */
  readonly before: readonly StageResult[];
  /** Sizes for progress, where known. */
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
}

export interface KnownTask {
  readonly result: StageResult;
  readonly isFinished: boolean;
}

/** Cuts a stage into tasks, when everything that it reads is there. */
export async function stageTasks(
  prepared: PreparedJob,
  stage: PlannedStage,
  kept: KeptElements,
  fanOuts: FanOuts,
  workers: number,
  resumption: Resumption | undefined,
): Promise<StageTasks> {
  const index = prepared.plan.stages.indexOf(stage);
  // All of a fan-out's batches were worked on: there is nothing to deal.
  const isDealt = stage.root.kind === 'fanOut' && resumption?.isEnded(stage) === true;
  const { units, rows, bytes } = await stageUnits(stage, {
    graph: prepared.graph,
    kept,
    shardsOf: (node) => splitSource(prepared, node),
    dealOf: (node) => toWorkers(prepared, fanOuts, node, isDealt ? 0 : workers),
  });
  const tasks: StageTask[] = [];
  const known: (KnownTask | undefined)[] = [];
  for (const [number, { name, unit }] of units.entries()) {
    const found = resumption?.find(stage, unit);
    const usable =
      resumption !== undefined &&
      found !== undefined &&
      (await offerBatches(stage, unit, found.result, fanOuts, resumption));
    const resume = usable ? found.resume : undefined;
    const fileName = resumption?.fileName(stage, unit, number) ?? `stage${index}-task${number}`;
    const filePrefix = join(prepared.job.workDirectory, fileName);
    const isFinished = usable && resume === undefined;
    const queues = stage.outputs.flatMap((output, outputIndex) => {
      if (output.kind !== 'fanOut' || isFinished) return [];
      const file = fanOutFile({ filePrefix, resume }, outputIndex);
      return [fanOuts.addProducer(output.node, { file, unit: resumption?.unitKey(stage, unit) ?? '' })];
    });
    const journal = resumption?.journalOf(stage, unit);
    tasks.push({ kind: 'stage', stage: index, name, unit, filePrefix, queues, limits: undefined, journal, resume });
    known.push(usable ? { result: found.result, isFinished } : undefined);
  }
  const before = stage.root.kind === 'fanOut' ? (resumption?.findFanOut(stage) ?? []) : [];
  return { tasks, known, before, rows, bytes };
}

async function splitSource({ graph, sourceContext }: PreparedJob, node: number): Promise<readonly SourceShard[]> {
  const operation = graph.operations[node];
  return operation?.kind === 'read' ? operation.source.split(sourceContext) : [];
}

/** Each worker takes batches until there are no more. */
function toWorkers({ graph }: PreparedJob, fanOuts: FanOuts, node: number, workers: number): readonly NamedUnit[] {
  const unit = fanOuts.consumer(node);
  const name = graph.nodes[node]?.name ?? '';
  return Array.from({ length: workers }, (_, worker) => ({ name: `${name} worker ${worker}`, unit }));
}
