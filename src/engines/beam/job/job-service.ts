import type { JsonObject } from '@bufbuild/protobuf';
import type { Client, ClientReadableStream } from '@grpc/grpc-js';
import type { Json } from '../../../core/json/index.js';
import {
  type JobMessagesResponse,
  type JobState_Enum,
  JobService as Methods,
  type PrepareJobResponse,
} from '../protos/job_management/v1/beam_job_api_pb.js';
import type { Pipeline } from '../protos/pipeline/v1/beam_runner_api_pb.js';
import { connect, serverStream, unary } from '../rpc/channel.js';
import { stageArtifacts } from './artifact-staging.js';
import { countersOf } from './counters.js';
import type { Patience } from './patience.js';
import { isUnreachable, jobServiceError, stagingError } from './service-errors.js';
import type { JobCounter } from './submitter.js';

/** A Beam job service (beam_job_api.proto): of Prism, of Python's runner, of the job servers of Flink and Spark. */
export class JobService {
  readonly endpoint: string;
  readonly #client: Client;
  readonly #patience: Patience;

  /** @param endpoint `host:port`. It is connected to at the first call. */
  constructor(endpoint: string, patience: Patience) {
    this.endpoint = endpoint;
    this.#client = connect(endpoint);
    this.#patience = patience;
  }

  /**
   * Makes sure that somebody answers; what, does not matter.
   *
   * @throws DatasetsError JOB_SERVICE_UNREACHABLE
   */
  async greet(): Promise<void> {
    const deadline = Date.now() + this.#patience.answer;
    try {
      await unary(this.#client, Methods.method.getJobs, {}, undefined, { deadline });
    } catch (error) {
      if (isUnreachable(error)) throw jobServiceError(error, this.endpoint, 'say which jobs it has');
    }
  }

  /**
   * Hands a pipeline in, with the files that its environments name, which are none.
   *
   * @returns what `run` takes.
   * @throws DatasetsError JOB_REFUSED, JOB_SERVICE_UNREACHABLE
   */
  async prepare(jobName: string, pipeline: Pipeline, options: Readonly<Record<string, Json>>): Promise<string> {
    const pipelineOptions = wrapped(options) as JsonObject;
    const prepared = await this.#ask('take the job', (deadline) =>
      unary(this.#client, Methods.method.prepare, { jobName, pipeline, pipelineOptions }, undefined, { deadline }),
    );
    await this.#stage(prepared);
    return prepared.preparationId;
  }

  /** @returns the job's id. */
  async run(preparationId: string): Promise<string> {
    const { jobId } = await this.#ask('start the job', (deadline) =>
      unary(this.#client, Methods.method.run, { preparationId }, undefined, { deadline }),
    );
    return jobId;
  }

  /** Messages and states from the first on, as far as the service has kept them; ends after the last state. */
  messages(jobId: string): ClientReadableStream<JobMessagesResponse> {
    return serverStream(this.#client, Methods.method.getMessageStream, { jobId });
  }

  async state(jobId: string): Promise<JobState_Enum> {
    const { state } = await this.#ask('say how the job is', (deadline) =>
      unary(this.#client, Methods.method.getState, { jobId }, undefined, { deadline }),
    );
    return state;
  }

  /** Throws what gRPC throws: a service need not have metrics. */
  async counters(jobId: string): Promise<readonly JobCounter[]> {
    const deadline = Date.now() + this.#patience.answer;
    const { metrics } = await unary(this.#client, Methods.method.getJobMetrics, { jobId }, undefined, { deadline });
    return metrics === undefined ? [] : countersOf(metrics.attempted, metrics.committed);
  }

  async cancel(jobId: string): Promise<void> {
    await this.#ask('cancel the job', (deadline) =>
      unary(this.#client, Methods.method.cancel, { jobId }, undefined, { deadline }),
    );
  }

  close(): void {
    this.#client.close();
  }

  async #stage({ artifactStagingEndpoint, stagingSessionToken }: PrepareJobResponse): Promise<void> {
    const url = artifactStagingEndpoint?.url;
    if (url === undefined || url === '') return;
    try {
      await stageArtifacts(url, stagingSessionToken, Date.now() + this.#patience.answer);
    } catch (error) {
      throw stagingError(error, this.endpoint, url);
    }
  }

  async #ask<T>(call: string, work: (deadline: number) => Promise<T>): Promise<T> {
    try {
      return await work(Date.now() + this.#patience.answer);
    } catch (error) {
      throw jobServiceError(error, this.endpoint, call);
    }
  }
}

/** Options as the portable API names them: `beam:option:parallelism:v1`. */
function wrapped(options: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [`beam:option:${name}:v1`, value]));
}
