import { z } from 'zod';
import { DatasetsError } from '../../../core/errors/index.js';

/** What one transform of a translated plan does. Stages are indexes in the plan, side inputs nodes of the graph. */
export type Step = z.infer<typeof stepSchema>;

/** What the payload of a DoFn says: enough for a worker to find the job, and for a person to see what a transform is. */
export type StepPayload = z.infer<typeof payloadSchema>;

const stepSchema = z.discriminatedUnion('kind', [
  /** Gives the element that lets transforms begin which nothing else reaches. */
  z.object({ kind: z.literal('start') }),
  z.object({ kind: z.literal('plan'), stage: z.int().nonnegative() }),
  z.object({ kind: z.literal('run'), stage: z.int().nonnegative() }),
  z.object({ kind: z.literal('sideInput'), node: z.int().nonnegative() }),
  z.object({ kind: z.literal('planShards') }),
  z.object({ kind: z.literal('encode') }),
  z.object({ kind: z.literal('finish') }),
]);

const payloadSchema = z.object({
  step: stepSchema,
  builder: z.object({
    module: z.string(),
    name: z.string(),
    config: z.string().exactOptional(),
    version: z.string(),
  }),
  /** Of the submitter's graph. */
  fingerprint: z.string(),
  /** The staged `BeamJob`: the work location, its name there, and the sha256 of its bytes, lower-case hex. */
  job: z.object({ workLocation: z.string(), name: z.string(), digest: z.string() }),
});

export function encodeStepPayload(payload: StepPayload): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(payload));
}

/** @throws DatasetsError WORKER_MISMATCH for what this release did not write. */
export function decodeStepPayload(bytes: Uint8Array): StepPayload {
  try {
    return payloadSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new DatasetsError('WORKER_MISMATCH', 'a transform says what to do in a way that this worker does not know', {
      hint: 'The job was submitted by another release of ailab-datasets than the workers have. Use the same locked packages for both.',
      cause,
    });
  }
}
