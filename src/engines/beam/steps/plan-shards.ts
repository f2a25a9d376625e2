import { inParallel } from '../../../storage/index.js';
import { planSplits, shardTask, splitOutputs, waitingShards } from '../../gather/write-shards.js';
import type { StageResult } from '../../task/task.js';
import { checkComplete, gatherResults } from './plan-stage.js';
import {
  encodeDocument,
  type FinishedBuild,
  finishedDocument,
  readResults,
  resultsOfStage,
} from './staged-documents.js';
import { stageTask, type WorkerJob } from './worker-job.js';

const writesAtOnce = 16;

/**
 * Cuts every split into shards, when all stages have ended.
 *
 * @param names of the results of all stages.
 * @returns names of staged tasks, in the order in which they are best begun.
 */
export async function planShardTasks(job: WorkerJob, names: readonly string[]): Promise<readonly string[]> {
  const results = await readResults(job.files, names);
  const gathered = gatherResults(job, results);
  await checkComplete(job, results, gathered);
  const plans = planSplits(job.beam.job, job.plan.splits, gathered.runs);
  const tasks: string[] = [];
  // The work location puts what a task writes below the attempt's folder, under its path in the version.
  const shards = waitingShards(job.beam.job, plans, (path) => path);
  await inParallel([...shards.entries()], writesAtOnce, async ([number, shard]) => {
    const task = { kind: 'encode', shard: shardTask(shard), journal: undefined } as const;
    const origin = { kind: 'shard', task: number } as const;
    tasks[number] = await stageTask(job, `shard${number}`, { origin, task, sideInputs: [] });
  });
  return tasks;
}

/** Lists what was made, and of which files the version consists: the last word of a job. */
export async function finishBuild(job: WorkerJob, names: readonly string[]): Promise<void> {
  const results = await readResults(job.files, names);
  const shards = results.flatMap(({ result }) => (result.kind === 'encode' ? [result.shard] : []));
  const finished: FinishedBuild = {
    splits: splitOutputs(planSplits(job.beam.job, job.plan.splits, gatherResults(job, results).runs), shards),
    stages: job.plan.stages.map((_, index) => resultsOfStage(results, index).map(forSubmitter)),
  };
  // Whoever was here before has written the same.
  await job.files.put(finishedDocument, encodeDocument(finished));
}

function forSubmitter(result: StageResult): StageResult {
  return { ...result, runs: [], outputs: [], fanOuts: [] };
}
