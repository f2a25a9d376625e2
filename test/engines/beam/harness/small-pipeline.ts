import { create, toBinary } from '@bufbuild/protobuf';
import { harnessCapabilities } from '../../../../src/engines/beam/harness/capabilities.js';
import type { CreateDoFn, DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import {
  EnvironmentSchema,
  ExternalPayloadSchema,
  type Pipeline,
} from '../../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { PipelineBuilder } from '../../../../src/engines/beam/translate/pipeline-builder.js';
import { type JobOutcome, submitJob } from './submit-job.js';
import { WorkerPool } from './worker-pool.js';

/** Makes DoFns by the names that the pipeline gives them in its payloads. */
export type DoFns = Readonly<Record<string, () => DoFn>>;

export function byPayload(doFns: DoFns): CreateDoFn {
  return (_urn, payload) => {
    const name = Buffer.from(payload).toString();
    const make = doFns[name];
    if (make === undefined) throw new Error(`the test has no DoFn named ${name}`);
    return make();
  };
}

/** Runs a pipeline on a runner, with workers in this process. */
export async function runPipeline(
  endpoint: string,
  doFns: DoFns,
  build: (pipeline: PipelineBuilder, step: (name: string, input: string) => string) => void,
  amend: (pipeline: Pipeline) => void = () => undefined,
): Promise<JobOutcome> {
  const pool = await WorkerPool.start(byPayload(doFns));
  const payload = create(ExternalPayloadSchema, { endpoint: { url: pool.endpoint } });
  const environment = create(EnvironmentSchema, {
    urn: 'beam:env:external:v1',
    payload: toBinary(ExternalPayloadSchema, payload),
    capabilities: [...harnessCapabilities],
  });
  const builder = new PipelineBuilder(environment, 'test:dofn:v1');
  const step = (name: string, input: string): string => builder.parDo(name, input, new TextEncoder().encode(name));
  build(builder, step);
  const pipeline = builder.build();
  amend(pipeline);
  const outcome = await submitJob(endpoint, pipeline);
  await pool.stop();
  return outcome;
}
