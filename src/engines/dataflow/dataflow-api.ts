import { setTimeout as sleep } from 'node:timers/promises';
import {
  credentialsFailure,
  type RepeatSettings,
  RequestFailure,
  repeat,
  requestFailure,
} from '../../storage/index.js';
import type { JobCounter, JobMessage } from '../beam/job/submitter.js';
import { dataflowError } from './dataflow-error.js';
import type { DataflowOptions } from './dataflow-options.js';
import type { DataflowJob } from './job-schema.js';
import { type DataflowClients, loadClients } from './load-client.js';
import { jobCounters, jobMessage, type ServiceJob, serviceJob } from './service-job.js';
import { toStruct } from './struct.js';

/** Milliseconds without an answer after which a request counts as failed: the clients themselves wait for ever over REST. */
const stallMilliseconds = 60_000;

/** Dataflow's jobs of one project and region. Requests that may succeed later are repeated. */
export class DataflowApi {
  readonly #clients: DataflowClients;
  readonly #place: { readonly projectId: string; readonly location: string };

  readonly #patience: RepeatSettings;

  private constructor(
    clients: DataflowClients,
    { project, region }: Pick<DataflowOptions, 'project' | 'region'>,
    patience: RepeatSettings,
  ) {
    this.#clients = clients;
    this.#patience = patience;
    this.#place = { projectId: project, location: region };
  }

  /** @throws DatasetsError PEER_MISSING */
  static async open(
    options: Pick<DataflowOptions, 'project' | 'region' | 'impersonate'>,
    patience: RepeatSettings,
  ): Promise<DataflowApi> {
    return new DataflowApi(await loadClients(options), options, patience);
  }

  /**
   * Creates a job, or gives the active one of the same name in its place: Dataflow has one of a name in a region. Whose it is, its request id says, where it is told.
   *
   * @throws DatasetsError JOB_REFUSED, JOB_SERVICE_UNREACHABLE, CREDENTIALS_MISSING
   */
  async create(job: DataflowJob): Promise<ServiceJob> {
    const { environment, ...rest } = job;
    const wire = {
      ...rest,
      environment: {
        ...environment,
        userAgent: toStruct(environment.userAgent),
        version: toStruct(environment.version),
        sdkPipelineOptions: toStruct(environment.sdkPipelineOptions),
      },
    };
    const request = { ...this.#place, job: wire } as Parameters<DataflowClients['jobs']['createJob']>[0];
    return this.#run(`create the job ${job.name}`, async () => {
      try {
        const [created] = await this.#send(() => this.#clients.jobs.createJob(request));
        return serviceJob(created);
      } catch (error) {
        if (!(error instanceof RequestFailure) || error.status !== 409) throw error;
        // Somebody else's; or our own, where an earlier reply was lost.
        const active = await this.#findActive(job.name);
        if (active === undefined) throw error;
        return active;
      }
    });
  }

  /** The job of this name that is not over yet. */
  findActive(name: string): Promise<ServiceJob | undefined> {
    return this.#run(`look for a job ${name}`, () => this.#findActive(name));
  }

  /**
   * @param options.whole asks for its pipeline options as well.
   * @throws DatasetsError BUILD_UNKNOWN where there is none of this id.
   */
  get(jobId: string, { whole = false } = {}): Promise<ServiceJob> {
    const view = whole ? 'JOB_VIEW_ALL' : 'JOB_VIEW_SUMMARY';
    return this.#run(`look up the job ${jobId}`, async () => {
      const [job] = await this.#send(() => this.#clients.jobs.getJob({ ...this.#place, jobId, view }));
      return serviceJob(job);
    });
  }

  /** Asks for the end of a job. Does nothing where it is over. */
  cancel(jobId: string): Promise<void> {
    const job = { requestedState: 'JOB_STATE_CANCELLED' } as const;
    return this.#run(`cancel the job ${jobId}`, async () => {
      await this.#send(() => this.#clients.jobs.updateJob({ ...this.#place, jobId, job }));
    });
  }

  /** What the job has said from a time on, oldest first; of everything but what is for Dataflow's own developers. */
  messages(jobId: string, since: Date | undefined): Promise<readonly JobMessage[]> {
    const startTime = since && { seconds: Math.floor(since.getTime() / 1000), nanos: (since.getTime() % 1000) * 1e6 };
    const request = {
      ...this.#place,
      jobId,
      minimumImportance: 'JOB_MESSAGE_DETAILED' as const,
      ...(startTime !== undefined && { startTime }),
    };
    return this.#run(`read the messages of the job ${jobId}`, async () => {
      const [messages] = await this.#send(() => this.#clients.messages.listJobMessages(request));
      return messages.map(jobMessage);
    });
  }

  counters(jobId: string): Promise<readonly JobCounter[]> {
    return this.#run(`read the counters of the job ${jobId}`, async () => {
      const [metrics] = await this.#send(() => this.#clients.metrics.getJobMetrics({ ...this.#place, jobId }));
      return jobCounters(metrics.metrics ?? []);
    });
  }

  async close(): Promise<void> {
    const { jobs, messages, metrics } = this.#clients;
    await Promise.all([jobs.close(), messages.close(), metrics.close()]);
  }

  async #findActive(name: string): Promise<ServiceJob | undefined> {
    const request = { ...this.#place, filter: 'ACTIVE' as const, name };
    const [jobs] = await this.#send(() => this.#clients.jobs.listJobs(request));
    const found = jobs.find((job) => job.name === name);
    return found && serviceJob(found);
  }

  async #run<T>(verb: string, operation: () => Promise<T>): Promise<T> {
    try {
      return await repeat(this.#patience, operation);
    } catch (cause) {
      throw dataflowError(cause, verb, this.#place.projectId);
    }
  }

  async #send<T>(request: () => Promise<T>): Promise<T> {
    try {
      await this.#clients.jobs.auth.getRequestHeaders();
    } catch (error) {
      throw credentialsFailure(error);
    }
    const stalled = new AbortController();
    try {
      return await Promise.race([request(), stall(stalled.signal)]);
    } catch (error) {
      throw requestFailure(error);
    } finally {
      stalled.abort();
    }
  }
}

async function stall(signal: AbortSignal): Promise<never> {
  await sleep(stallMilliseconds, undefined, { signal });
  throw new RequestFailure('no answer', { reason: 'stalled' });
}
