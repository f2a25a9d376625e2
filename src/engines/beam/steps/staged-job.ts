import { createHash } from 'node:crypto';
import { DatasetsError } from '../../../core/errors/index.js';
import { type Plan, planPipeline } from '../../../pipeline/index.js';
import { decodeRecord } from '../../journal/record-file.js';
import type { BeamJob } from '../beam-job.js';
import { newNonce, type WorkFiles } from '../files/index.js';
import type { StepPayload } from '../translate/step.js';
import { encodeDocument, type StagedTask } from './staged-documents.js';

/** A job that a submitter staged, as its workers have it. The plan needs no line of the author's code. */
export interface StagedJob {
  readonly files: WorkFiles;
  readonly beam: BeamJob;
  readonly plan: Plan;
}

/** Of the bytes of a staged job: what the payloads of the pipeline say. */
export function jobDigest(document: Uint8Array): string {
  return createHash('sha256').update(document).digest('hex');
}

export function stagedJob(files: WorkFiles, beam: BeamJob): StagedJob {
  return { files, beam, plan: planPipeline(beam.signature) };
}

/**
 * Reads the job that a pipeline was made of.
 *
 * @throws DatasetsError WORKER_MISMATCH when it is another one.
 */
export async function readStagedJob(files: WorkFiles, { name, digest }: StepPayload['job']): Promise<StagedJob> {
  const document = Buffer.from(await files.get(name));
  const beam = jobDigest(document) === digest ? (decodeRecord(document) as BeamJob | undefined) : undefined;
  if (beam?.formatVersion === 1) return stagedJob(files, beam);
  throw new DatasetsError('WORKER_MISMATCH', `${files.location}/${name} is not the job that the pipeline was made of`, {
    hint: 'Another job uses the same work location, or another release of ailab-datasets submitted it. Run the build again.',
    at: { file: `${files.location}/${name}` },
  });
}

/** Stages a task; its name is what crosses the shuffle. */
export async function stageTask({ files }: StagedJob, place: string, task: StagedTask): Promise<string> {
  const name = `tasks/${place}-${newNonce()}`;
  await files.put(name, encodeDocument(task));
  return name;
}
