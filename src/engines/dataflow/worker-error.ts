import { DatasetsError } from '../../core/errors/index.js';
import type { JobMessage } from '../beam/job/submitter.js';

/** How Dataflow begins what a worker said, and ends it: `passed through: ==> dist_proc/dax/…`. */
const preamble = /^(?:Error message from worker:\s*)?(?:generic::\w+:\s*)?/;
const trailer = /\s*passed through:\s*==>[\s\S]*$/;
/** Dataflow's own, of a work item that failed four times: it names no cause. */
const summary = /^Workflow failed|work item was attempted|work item has failed/;
/** How workers say where it was: Python's and Java's, Go's, and the stages in Dataflow's own summary. */
const transforms = [
  /\[while running '([^']+?)(?:-ptransform-\d+)?'\]/,
  /\bName: ([^\],]+)\]/,
  /Causes: S\d+:(.+?) failed/s,
] as const;
const mostLetters = 4000;

/**
 * What a job failed of, by its messages: the first error that a worker told, which is the cause of the others, and the transform that it was in.
 *
 * @param jobUrl for the hint.
 */
export function workerError(messages: readonly JobMessage[], jobId: string, jobUrl: string): DatasetsError {
  const errors = messages.filter(({ importance }) => importance === 'error').map(({ text }) => text);
  const first = errors.find((text) => !summary.test(text)) ?? errors[0];
  const hint = `The workers' logs and all messages of the job: ${jobUrl}`;
  if (first === undefined) {
    return new DatasetsError('JOB_FAILED', `the job ${jobId} on Dataflow failed, and said nothing of its reason`, {
      hint,
    });
  }
  const transform = [first, ...errors].map(transformIn).find((name) => name !== undefined);
  const text = first.replace(preamble, '').replace(trailer, '').trim().slice(0, mostLetters);
  return new DatasetsError('JOB_FAILED', `the job ${jobId} on Dataflow failed: ${text}`, {
    hint,
    ...(transform !== undefined && { at: { transform } }),
  });
}

function transformIn(text: string): string | undefined {
  for (const pattern of transforms) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}
