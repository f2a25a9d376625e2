import { randomUUID } from 'node:crypto';
import type { WorkerEnvironmentChoice } from '../../../core/config/index.js';
import type { Pipeline } from '../protos/pipeline/v1/beam_runner_api_pb.js';
import { abortable } from './abortable.js';
import { dockerEnvironment, externalEnvironment, processEnvironment } from './environments.js';
import { JobService } from './job-service.js';
import type { JobSubmitter } from './job-submitter.js';
import { type Patience, patient } from './patience.js';
import { PortableJob } from './portable-job.js';
import type { SubmitOptions, WorkerEnvironment } from './submitter.js';
import { type PoolOptions, secretParameter, WorkerPool } from './worker-pool.js';

export interface PortableSubmitterOptions {
  /** `host:port` of the job service. */
  readonly endpoint: string;
  readonly environment: WorkerEnvironmentChoice;
  /** Of LOOPBACK workers. */
  readonly workers: PoolOptions;
  readonly patience?: Partial<Patience>;
}

/** Submits jobs to any Beam job service: Prism, Python's runner, the job servers of Flink and Spark. Nothing in it knows which. */
export class PortableSubmitter implements JobSubmitter {
  readonly #options: PortableSubmitterOptions;
  readonly #patience: Patience;
  readonly #secret = randomUUID();
  #pool: WorkerPool | undefined;
  #service: JobService | undefined;

  constructor(options: PortableSubmitterOptions) {
    this.#options = options;
    this.#patience = { ...patient, ...options.patience };
  }

  get description(): string {
    return `beam at ${this.#options.endpoint}`;
  }

  /** Finds none, but knows then that there is a service: before a build has paid for queries. */
  async findRunning(): Promise<undefined> {
    await this.#connect().greet();
  }

  async openEnvironment(): Promise<WorkerEnvironment> {
    const { environment, workers } = this.#options;
    switch (environment.kind) {
      case 'loopback':
        this.#pool ??= await WorkerPool.open({ ...workers, secret: this.#secret });
        return externalEnvironment(this.#pool.endpoint, { [secretParameter]: this.#secret });
      case 'external':
        return externalEnvironment(environment.endpoint);
      case 'process':
        return processEnvironment(environment.command);
      case 'docker':
        return dockerEnvironment(environment.image);
    }
  }

  async submit(pipeline: Pipeline, { name, pipelineOptions = {}, signal }: SubmitOptions): Promise<PortableJob> {
    const service = this.#connect();
    // Every runner knows how to run such a pipeline; older ones want to be told that it is one.
    const options = { job_name: name, experiments: ['beam_fn_api'], ...pipelineOptions };
    const preparation = await abortable(service.prepare(name, pipeline, options), signal);
    const id = await service.run(preparation);
    const job = new PortableJob({ id, service, pool: this.#pool, patience: this.#patience });
    if (signal?.aborted) {
      await job.cancel();
      throw signal.reason;
    }
    return job;
  }

  #connect(): JobService {
    this.#service ??= new JobService(this.#options.endpoint, this.#patience);
    return this.#service;
  }

  async close(): Promise<void> {
    await this.#pool?.close();
    this.#service?.close();
    this.#pool = undefined;
    this.#service = undefined;
  }
}
