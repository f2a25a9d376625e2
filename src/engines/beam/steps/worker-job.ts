import { createHash } from 'node:crypto';
import { DatasetsError } from '../../../core/errors/index.js';
import { type Plan, planPipeline } from '../../../pipeline/index.js';
import type { BuildJob } from '../../engine.js';
import { decodeRecord } from '../../journal/record-file.js';
import type { Task } from '../../task/task.js';
import type { BeamJob } from '../beam-job.js';
import { newNonce, type Relocation, restoreJob, restoreTask, type WorkFiles } from '../files/index.js';
import type { StepPayload } from '../translate/step.js';
import { encodeDocument, type StagedTask } from './staged-documents.js';

/** A staged job on one machine. Its plan needs no line of the author's code. */
export interface WorkerJob {
  readonly files: WorkFiles;
  readonly beam: BeamJob;
  readonly plan: Plan;
  /** As the machine's task runner gets it. */
  readonly job: BuildJob;
  /** A staged task with this machine's paths. */
  restore(task: Task): Task;
}

/** What a job finds on a machine. */
export interface WorkerGround {
  readonly files: WorkFiles;
  readonly relocation: Relocation;
  /** Absolute: for versions of remote registries that sources read. */
  readonly cacheDirectory: string;
}

export function openWorkerJob(beam: BeamJob, { files, relocation, cacheDirectory }: WorkerGround): WorkerJob {
  return {
    files,
    beam,
    plan: planPipeline(beam.signature),
    job: restoreJob(beam.job, { relocation, files, cacheDirectory }),
    restore: (task) => restoreTask(task, relocation),
  };
}

/** Of the bytes of a staged job: what the payloads of its pipeline say. */
export function jobDigest(document: Uint8Array): string {
  return createHash('sha256').update(document).digest('hex');
}

/**
 * Reads the job that a pipeline was made of.
 *
 * @throws DatasetsError WORKER_MISMATCH when it is another one.
 */
export async function readBeamJob(
  files: WorkFiles,
  { name, digest }: Pick<StepPayload['job'], 'name' | 'digest'>,
): Promise<BeamJob> {
  const document = Buffer.from(await files.get(name));
  const beam = jobDigest(document) === digest ? (decodeRecord(document) as BeamJob | undefined) : undefined;
  if (beam?.formatVersion === 1) return beam;
  throw new DatasetsError('WORKER_MISMATCH', `${files.location}/${name} is not the job that the pipeline was made of`, {
    hint: 'Another job uses the same work location, or another release of ailab-datasets submitted it. Run the build again.',
    at: { file: `${files.location}/${name}` },
  });
}

/** Stages a task; its name is what crosses the shuffle. */
export async function stageTask({ files }: WorkerJob, place: string, task: StagedTask): Promise<string> {
  const name = `tasks/${place}-${newNonce()}`;
  await files.put(name, encodeDocument(task));
  return name;
}
