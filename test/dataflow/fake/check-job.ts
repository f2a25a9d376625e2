import { createHash } from 'node:crypto';
import { fromBinary } from '@bufbuild/protobuf';
import {
  DockerPayloadSchema,
  type Pipeline,
  PipelineSchema,
} from '../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { ApiError } from './api-error.js';
import type { JobRequest } from './fake-job.js';

const experiments = ['beam_fn_api', 'use_unified_worker', 'use_runner_v2', 'use_portable_job_submission'];

/**
 * What Dataflow needs of a job beyond the types of its fields: without it the real service fails minutes later, on workers.
 *
 * @returns the staged pipeline.
 */
export async function checkJob(job: JobRequest, project: string): Promise<Pipeline> {
  must(/^[a-z]([-a-z0-9]{0,1022}[a-z0-9])?$/.test(job.name), `the name ${job.name}`);
  must(job.projectId === project, `the project ${job.projectId} in the job, and ${project} in the URL`);
  must(job.clientRequestId !== '', 'an empty clientRequestId');
  const { environment } = job;
  must(environment.version.job_type === 'FNAPI_BATCH', `version.job_type ${environment.version.job_type}`);
  for (const experiment of experiments)
    must(environment.experiments.includes(experiment), `no experiment ${experiment}`);
  must(!('steps' in job) || JSON.stringify(job.steps) === '[]', 'steps beside a portable pipeline');
  const [pool, ...pools] = environment.workerPools;
  must(pool !== undefined && pools.length === 0 && pool.kind === 'harness', 'not one worker pool of the kind harness');
  const { pipelineUrl, pipelineProtoHash } = environment.sdkPipelineOptions.options;
  const bytes = await fetchObject(pipelineUrl);
  const digest = createHash('sha256').update(bytes).digest('hex');
  must(digest === pipelineProtoHash, `the hash ${pipelineProtoHash} of a pipeline that has ${digest}`);
  const pipeline = fromBinary(PipelineSchema, bytes);
  for (const [id, { urn, payload }] of Object.entries(pipeline.components?.environments ?? {})) {
    must(urn === 'beam:env:docker:v1', `an environment ${urn}`);
    const { containerImage } = fromBinary(DockerPayloadSchema, payload);
    const images = pool?.sdkHarnessContainerImages.filter(({ environmentId }) => environmentId === id) ?? [];
    must(images.length === 1 && images[0]?.containerImage === containerImage, `no image for the environment ${id}`);
    must(pool?.workerHarnessContainerImage === containerImage, 'another image for the pool than for the environment');
  }
  return pipeline;
}

function must(holds: boolean, problem: string): void {
  if (!holds) throw new ApiError(400, `(fake): The workflow could not be created: ${problem}`);
}

/** From the emulator of Cloud Storage, by its plain JSON API. */
async function fetchObject(url: string): Promise<Uint8Array> {
  const [, bucket = '', object = ''] = /^gs:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  const endpoint = process.env['STORAGE_EMULATOR_HOST'];
  must(endpoint !== undefined && bucket !== '', `no emulator for ${url}`);
  const reply = await fetch(`${endpoint}/storage/v1/b/${bucket}/o/${encodeURIComponent(object)}?alt=media`);
  must(reply.ok, `${url} can't be read: HTTP ${reply.status}`);
  return new Uint8Array(await reply.arrayBuffer());
}
