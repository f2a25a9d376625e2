import { internalError } from '../../../core/errors/index.js';
import type { PlannedStage } from '../../../pipeline/index.js';
import { inParallel } from '../../../storage/index.js';
import { badRowFile, refuseBadRows } from '../../gather/bad-row-reports.js';
import { GatheredResults } from '../../gather/gathered-results.js';
import { type NamedUnit, stageUnits } from '../../gather/stage-units.js';
import type { RecordSlice } from '../../shuffle/index.js';
import type { SideInputFile, StageResult, StageTask } from '../../task/task.js';
import { readResults, resultsOfStage, type StagedResult } from './staged-documents.js';
import { stageTask, type WorkerJob } from './worker-job.js';

const writesAtOnce = 16;
/** Of a fan-out's batches: what they take to work on nobody knows, so they are dealt to many, whatever the number of workers. */
const mostDeals = 256;

/**
 * Cuts a stage into tasks, when everything that it reads is there.
 *
 * @param names of the results that it reads.
 * @returns names of staged tasks.
 */
export async function planStage(job: WorkerJob, index: number, names: readonly string[]): Promise<readonly string[]> {
  const stage = job.plan.stages[index];
  if (stage === undefined) throw internalError(`the plan has no stage ${index}`);
  const results = await readResults(job.files, names);
  const units = await unitsOf(job, stage, results, gatherResults(job, results));
  const sideInputs = sideInputFiles(results);
  const tasks: string[] = [];
  await inParallel([...units.entries()], writesAtOnce, async ([number, { name, unit }]) => {
    const queues = stage.outputs.flatMap((output) =>
      output.kind === 'fanOut' ? [{ node: output.node, shared: undefined, producer: 0, done: new Uint32Array() }] : [],
    );
    const filePrefix = `stage${index}-task${number}`;
    const fixed = { limits: undefined, journal: undefined, resume: undefined };
    const task: StageTask = { kind: 'stage', stage: index, name, unit, filePrefix, queues, ...fixed };
    const origin = { kind: 'stage', stage: index, task: number } as const;
    tasks[number] = await stageTask(job, `stage${index}-${number}`, { origin, task, sideInputs });
  });
  return tasks;
}

async function unitsOf(
  job: WorkerJob,
  stage: PlannedStage,
  results: readonly StagedResult[],
  { kept }: GatheredResults,
): Promise<readonly NamedUnit[]> {
  const { signature: graph, sources } = job.beam;
  const { units } = await stageUnits(stage, {
    graph,
    kept,
    shardsOf: async (node) => sources.find((source) => source.node === node)?.shards ?? [],
    dealOf: (node) => dealBatches(job, results, node),
  });
  return units;
}

/**
 * Cuts every stage once more, and looks whether each unit has its result: what got lost on its way would be missing in the data set, and nobody would see it.
 *
 * @param results of all stages.
 * @throws DatasetsError INTERNAL
 */
export async function checkComplete(
  job: WorkerJob,
  results: readonly StagedResult[],
  gathered: GatheredResults,
): Promise<void> {
  for (const [index, stage] of job.plan.stages.entries()) {
    const units = await unitsOf(job, stage, results, gathered);
    const found = resultsOfStage(results, index).length;
    if (found !== units.length)
      throw internalError(`the job has ${found} results of ${stage.name}, which was cut into ${units.length} tasks`);
  }
}

/**
 * Puts together what stages gave, in the order of the plan, and refuses what a build on one machine would refuse there.
 *
 * @throws DatasetsError JOIN_UNMATCHED, SOURCE_MALFORMED
 */
export function gatherResults({ beam, plan, job }: WorkerJob, results: readonly StagedResult[]): GatheredResults {
  const gathered = new GatheredResults(beam.signature);
  for (const [index, stage] of plan.stages.entries()) {
    const ofStage = resultsOfStage(results, index);
    gathered.add(stage, ofStage);
    const source = beam.sources.find(({ node }) => node === stage.root.node);
    if (stage.root.kind !== 'source' || source?.maxBadRows === undefined) continue;
    refuseBadRows(source.description, source.maxBadRows, ofStage, badRowFile(job, source.node));
  }
  return gathered;
}

function sideInputFiles(results: readonly StagedResult[]): readonly SideInputFile[] {
  return results.flatMap(({ origin, result }) =>
    origin.kind === 'sideInput' && result.kind === 'sideInput' ? [{ node: origin.node, file: result.file.file }] : [],
  );
}

/** All batches that were written for a fan-out, in the order of their tasks, dealt in runs. */
function dealBatches({ beam, plan }: WorkerJob, results: readonly StagedResult[], node: number): readonly NamedUnit[] {
  const batches = plan.stages.flatMap((stage, index) =>
    resultsOfStage(results, index).flatMap((result) =>
      result.fanOuts
        .filter(({ output }) => isFanOutTo(stage.outputs[output], node))
        .flatMap((written) => slicesOfBatches(written)),
    ),
  );
  const perDeal = Math.max(1, Math.ceil(batches.length / mostDeals));
  const name = beam.signature.nodes[node]?.name ?? '';
  return Array.from({ length: Math.ceil(batches.length / perDeal) }, (_, deal) => ({
    name: `${name} part ${deal}`,
    unit: { kind: 'batches', batches: batches.slice(deal * perDeal, (deal + 1) * perDeal) },
  }));
}

function isFanOutTo(output: { readonly kind: string } | undefined, node: number): boolean {
  return output?.kind === 'fanOut' && 'node' in output && output.node === node;
}

function slicesOfBatches({ file, offset, bytes }: StageResult['fanOuts'][number]): readonly RecordSlice[] {
  const slices: RecordSlice[] = [];
  let at = offset;
  for (const length of bytes) {
    slices.push({ file, offset: at, bytes: length });
    at += length;
  }
  return slices;
}
