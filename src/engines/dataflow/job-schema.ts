import { z } from 'zod';
import { gcsUrlProblem } from '../../core/location/index.js';

const name = z.string().regex(/^[a-z](?:[-a-z0-9]{0,1022}[a-z0-9])?$/, 'must be a job name');
const objectUrl = z.string().refine((url) => /^gs:\/\/[^/]+\/./.test(url) && gcsUrlProblem(url) === undefined, {
  message: 'must be gs://bucket/object',
});
/** How the API names places in buckets (Environment.temp_storage_prefix). */
const storagePrefix = z
  .string()
  .regex(/^storage\.googleapis\.com\/[^/]+(?:\/.*)?$/, 'must be storage.googleapis.com/…');
const text = z.string().min(1);
const count = z.int32().min(1);

const workerPool = z.strictObject({
  kind: z.literal('harness'),
  numWorkers: count.exactOptional(),
  autoscalingSettings: z.strictObject({
    algorithm: z.enum(['AUTOSCALING_ALGORITHM_NONE', 'AUTOSCALING_ALGORITHM_BASIC']).exactOptional(),
    maxNumWorkers: count.exactOptional(),
  }),
  machineType: text.exactOptional(),
  diskSizeGb: count.exactOptional(),
  diskType: text.exactOptional(),
  network: text.exactOptional(),
  subnetwork: text.exactOptional(),
  ipConfiguration: z.enum(['WORKER_IP_PRIVATE', 'WORKER_IP_PUBLIC']).exactOptional(),
  workerHarnessContainerImage: text,
  sdkHarnessContainerImages: z
    .array(
      z.strictObject({
        containerImage: text,
        useSingleCorePerContainer: z.boolean(),
        environmentId: text,
        capabilities: z.array(text),
      }),
    )
    .min(1),
});

const environment = z.strictObject({
  tempStoragePrefix: storagePrefix,
  experiments: z.array(text),
  serviceOptions: z.array(text).exactOptional(),
  serviceKmsKeyName: text.exactOptional(),
  serviceAccountEmail: text.exactOptional(),
  flexResourceSchedulingGoal: z.enum(['FLEXRS_SPEED_OPTIMIZED', 'FLEXRS_COST_OPTIMIZED']).exactOptional(),
  workerRegion: text.exactOptional(),
  workerZone: text.exactOptional(),
  userAgent: z.strictObject({ name: text, version: text }),
  version: z.strictObject({ job_type: z.literal('FNAPI_BATCH'), major: text }),
  workerPools: z.tuple([workerPool]),
  sdkPipelineOptions: z.strictObject({
    options: z
      .looseObject({ pipelineUrl: objectUrl, pipelineProtoHash: z.string().regex(/^[0-9a-f]{64}$/) })
      .catchall(z.json()),
    display_data: z.array(
      z.strictObject({ key: text, namespace: text, type: z.enum(['STRING', 'INTEGER', 'BOOLEAN']), value: z.json() }),
    ),
  }),
});

/**
 * What is sent to Dataflow, as the API's JSON names it (google/dataflow/v1beta3/jobs.proto and environment.proto). It refuses what the proto would silently
 * drop: a job that lacks its image or its key runs, and costs.
 */
export const dataflowJobSchema = z
  .strictObject({
    projectId: text,
    name,
    type: z.literal('JOB_TYPE_BATCH'),
    clientRequestId: text,
    labels: z.record(z.string(), z.string()).refine((labels) => Object.keys(labels).length <= 64, 'are at most 64'),
    environment,
  })
  .superRefine(({ environment: { workerPools, workerRegion, workerZone } }, context) => {
    const [{ numWorkers = 1, autoscalingSettings }] = workerPools;
    const { maxNumWorkers = numWorkers } = autoscalingSettings;
    if (numWorkers > maxNumWorkers) {
      context.addIssue({ code: 'custom', message: `begins with ${numWorkers} workers, and may have ${maxNumWorkers}` });
    }
    if (workerRegion !== undefined && workerZone !== undefined) {
      context.addIssue({ code: 'custom', message: 'names both a region and a zone for the workers' });
    }
  });

export type DataflowJob = z.infer<typeof dataflowJobSchema>;
