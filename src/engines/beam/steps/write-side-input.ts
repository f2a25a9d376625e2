import { sideInputTask } from '../../gather/side-inputs.js';
import { gatherResults } from './plan-stage.js';
import { runTask, type TaskPlace } from './run-staged-task.js';
import { readResults } from './staged-documents.js';
import type { WorkerJob } from './worker-job.js';

/**
 * Makes a side input, when all that feeds it has ended.
 *
 * @param names of the results of the stages that feed it.
 * @returns the name of the staged result.
 */
export async function writeSideInput(
  job: WorkerJob,
  node: number,
  names: readonly string[],
  place: TaskPlace,
): Promise<string> {
  const { kept } = gatherResults(job, await readResults(job.files, names));
  const task = sideInputTask(job.plan, node, kept, `side${node}`, undefined);
  return runTask(job, { origin: { kind: 'sideInput', node }, task, sideInputs: [] }, place);
}
