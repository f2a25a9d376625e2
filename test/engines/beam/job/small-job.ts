import { create } from '@bufbuild/protobuf';
import type { WorkerEnvironmentChoice } from '../../../../src/core/config/index.js';
import { harnessCapabilities } from '../../../../src/engines/beam/harness/capabilities.js';
import type { Patience } from '../../../../src/engines/beam/job/patience.js';
import type { PortableJob } from '../../../../src/engines/beam/job/portable-job.js';
import { PortableSubmitter } from '../../../../src/engines/beam/job/portable-submitter.js';
import type {
  FinalJobState,
  JobCounter,
  JobMessage,
  JobState,
  WorkerEnvironment,
} from '../../../../src/engines/beam/job/submitter.js';
import {
  EnvironmentSchema,
  type Pipeline,
} from '../../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { PipelineBuilder } from '../../../../src/engines/beam/translate/pipeline-builder.js';
import { Events } from '../harness/events.js';

export const jobWorker = new URL('./job-worker.js', import.meta.url);

/** So that tests do not wait for what does not come. */
const impatient: Partial<Patience> = { poll: 50, replacement: 500 };

export function openSubmitter(
  endpoint: string,
  { environment = { kind: 'loopback' }, patience = {} }: SubmitterOptions = {},
): PortableSubmitter {
  const workers = { program: jobWorker, env: {} };
  return new PortableSubmitter({ endpoint, environment, workers, patience: { ...impatient, ...patience } });
}

export interface SubmitterOptions {
  readonly environment?: WorkerEnvironmentChoice;
  readonly patience?: Partial<Patience>;
}

/** One element, and one DoFn of job-worker.ts that gets it. */
export function smallPipeline({ urn, payload }: WorkerEnvironment, doFn: string): Pipeline {
  const environment = create(EnvironmentSchema, {
    urn,
    payload: Uint8Array.from(payload),
    capabilities: [...harnessCapabilities],
  });
  const builder = new PipelineBuilder(environment, 'test:dofn:v1');
  builder.parDo('Step', builder.impulse('Begin'), new TextEncoder().encode(doFn));
  return builder.build();
}

/** What a job has told so far. */
export class Watched {
  readonly messages = new Events<JobMessage>();
  readonly states: JobState[] = [];
  counters: readonly JobCounter[] = [];
  readonly #stop = new AbortController();

  follow(job: PortableJob): Promise<FinalJobState> {
    return job.watch({
      signal: this.#stop.signal,
      onMessage: (message) => this.messages.add(message),
      onState: (state) => this.states.push(state),
      onMetrics: (counters) => {
        this.counters = counters;
      },
    });
  }

  /** Says as Ctrl-C does that nobody wants to watch any more. */
  stop(reason: Error): void {
    this.#stop.abort(reason);
  }

  /** The process of the worker that runs the DoFn `wait`, once it waits. */
  async waitingWorker(): Promise<number> {
    const pattern = /waiting in (\d+)/;
    const { text } = await this.messages.find((message) => pattern.test(message.text));
    return Number(pattern.exec(text)?.[1]);
  }
}

export interface StartedJob {
  readonly job: PortableJob;
  readonly watched: Watched;
  readonly end: Promise<FinalJobState>;
}

/** Submits a small pipeline and follows it. */
export async function startJob(submitter: PortableSubmitter, doFn: string): Promise<StartedJob> {
  const environment = await submitter.openEnvironment();
  const job = await submitter.submit(smallPipeline(environment, doFn), { name: 'small' });
  const watched = new Watched();
  const end = watched.follow(job);
  end.catch(() => undefined);
  return { job, watched, end };
}
