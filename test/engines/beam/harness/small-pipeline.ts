import { create } from '@bufbuild/protobuf';
import { harnessCapabilities } from '../../../../src/engines/beam/harness/capabilities.js';
import type { CreateDoFn, DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import { PortableSubmitter } from '../../../../src/engines/beam/job/portable-submitter.js';
import type { JobCounter } from '../../../../src/engines/beam/job/submitter.js';
import {
  EnvironmentSchema,
  type Pipeline,
} from '../../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { PipelineBuilder } from '../../../../src/engines/beam/translate/pipeline-builder.js';
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

export interface Outcome {
  readonly state: string;
  /** What the runner wrote as errors. */
  readonly errors: readonly string[];
  /** Committed, by `transform/name`. */
  readonly counters: ReadonlyMap<string, bigint>;
  /** From the handing in to the end. */
  readonly seconds: number;
}

/** Runs a pipeline on a runner, with workers in this process that end before it returns. */
export async function runPipeline(
  endpoint: string,
  doFns: DoFns,
  build: (pipeline: PipelineBuilder, step: (name: string, input: string) => string) => void,
  amend: (pipeline: Pipeline) => void = () => undefined,
): Promise<Outcome> {
  const pool = await WorkerPool.start(byPayload(doFns));
  const submitter = new PortableSubmitter({
    endpoint,
    environment: { kind: 'external', endpoint: pool.endpoint },
    // Those of a pool that is not opened.
    workers: { program: new URL('file:///'), env: {} },
  });
  try {
    const environment = create(EnvironmentSchema, {
      ...(await submitter.openEnvironment()),
      capabilities: [...harnessCapabilities],
    });
    const builder = new PipelineBuilder(environment, 'test:dofn:v1');
    build(builder, (name, input) => builder.parDo(name, input, new TextEncoder().encode(name)));
    const pipeline = builder.build();
    amend(pipeline);
    const outcome = await watchJob(submitter, pipeline);
    await pool.ended();
    return outcome;
  } finally {
    pool.close();
    await submitter.close();
  }
}

async function watchJob(submitter: PortableSubmitter, pipeline: Pipeline): Promise<Outcome> {
  const started = performance.now();
  const job = await submitter.submit(pipeline, { name: 'harness' });
  const errors: string[] = [];
  let counted: readonly JobCounter[] = [];
  const state = await job.watch({
    signal: new AbortController().signal,
    onMessage: ({ importance, text }) => void (importance === 'error' && errors.push(text)),
    onMetrics: (counters) => {
      counted = counters;
    },
  });
  const counters = new Map(counted.map(({ transform, name, committed = -1n }) => [`${transform}/${name}`, committed]));
  return { state, errors, counters, seconds: (performance.now() - started) / 1000 };
}
