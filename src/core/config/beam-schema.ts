import { z } from 'zod';
import { gcsUrlProblem, isGcsUrl, isUrl } from '../location/index.js';
import type { BeamConfig } from './beam-settings.js';
import { isEndpoint, parseWorkerEnvironment, workerEnvironmentForms } from './worker-environment.js';

const location = z
  .string()
  .min(1, 'must not be empty')
  .superRefine((value, context) => {
    const problem = isGcsUrl(value) ? gcsUrlProblem(value) : undefined;
    if (problem !== undefined) context.addIssue({ code: 'custom', message: `must ${problem}` });
    else if (isUrl(value) && !isGcsUrl(value)) {
      context.addIssue({ code: 'custom', message: 'must be a directory or gs://bucket/prefix' });
    }
  });

/** The parts of the setting `beam`, in a file and as flags. */
export const beamSchema = z.strictObject({
  jobEndpoint: z.string().refine(isEndpoint, 'must be HOST:PORT').exactOptional(),
  environment: z
    .string()
    .refine((text) => parseWorkerEnvironment(text) !== undefined, `must be ${workerEnvironmentForms}`)
    .exactOptional(),
  workLocation: location.exactOptional(),
  options: z
    .record(
      z.string().regex(/^[A-Za-z]\w*$/, 'must be the name of a pipeline option'),
      z.union([z.string(), z.number(), z.boolean(), z.array(z.string())], {
        error: 'must be a text, a number, true, false, or a list of texts',
      }),
    )
    .exactOptional(),
}) satisfies z.ZodType<unknown, BeamConfig>;
