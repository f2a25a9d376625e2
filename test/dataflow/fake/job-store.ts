import { ApiError } from './api-error.js';
import { checkJob } from './check-job.js';
import { FakeJob, type ImportanceName, type JobRequest } from './fake-job.js';
import { enumNumber } from './messages.js';
import type { Request } from './requests.js';
import type { Service } from './service.js';

/** Small, so that clients have to turn pages. */
const pageSize = 2;

/** The jobs of the fake service, and its methods. */
export class JobStore {
  readonly jobs: FakeJob[] = [];
  readonly #service: Service;
  readonly #duplicates: 'first one' | '409';
  readonly #running: Promise<void>[] = [];

  constructor(service: Service, duplicates: 'first one' | '409') {
    this.#service = service;
    this.#duplicates = duplicates;
  }

  async handle(request: Request): Promise<object> {
    const { method, jobId, query } = request;
    switch (method) {
      case 'jobs.create':
        return this.#create(request);
      case 'jobs.list':
        return this.#list(request);
      case 'jobs.get':
        return this.#job(jobId).resource(
          Number(query['view']) === enumNumber('JobView', 'JOB_VIEW_ALL') ? 'all' : 'summary',
        );
      case 'jobs.update':
        return this.#update(request);
      case 'messages.list': {
        const since = new Date(query['startTime'] ?? 0);
        const messages = this.#job(jobId).messages(importanceOf(query['minimumImportance']), since);
        return paged(messages, query['pageToken'], 'jobMessages');
      }
      case 'jobs.getMetrics':
        return { metricTime: new Date().toISOString(), metrics: this.#job(jobId).metrics() };
    }
  }

  forget(job: FakeJob): void {
    this.jobs.splice(this.jobs.indexOf(job), 1);
    job.cancel();
  }

  /** Cancels what still runs. */
  async close(): Promise<void> {
    for (const job of this.jobs) if (!job.isOver) job.cancel();
    await Promise.all(this.#running);
  }

  async #create({ project, location, body }: Request): Promise<object> {
    const request = body as JobRequest;
    const pipeline = await checkJob(request, project);
    const same = this.jobs.find((job) => job.request.name === request.name && job.location === location);
    if (same?.request.clientRequestId === request.clientRequestId && same !== undefined) {
      throw new ApiError(409, `(fake): The job ${same.id} was created by the same request`);
    }
    const active = this.jobs.find(
      ({ request: { name }, isOver, location: place }) => name === request.name && place === location && !isOver,
    );
    if (active !== undefined) {
      if (this.#duplicates === 'first one') return active.resource('all');
      throw new ApiError(409, `(fake): There is already an active job named ${request.name}`);
    }
    const job = new FakeJob(request, location);
    this.jobs.push(job);
    this.#running.push(
      this.#service(job, pipeline).catch((error: unknown) => {
        job.say('ERROR', String(error));
        job.become('FAILED');
      }),
    );
    return job.resource('all');
  }

  #list({ location, query }: Request): object {
    const active = Number(query['filter']) === 3;
    const jobs = this.jobs
      .filter((job) => job.location === location && (!active || !job.isOver))
      .filter(({ request }) => query['name'] === undefined || request.name === query['name'])
      .map((job) => job.resource('summary'));
    return paged(jobs, query['pageToken'], 'jobs');
  }

  #update({ jobId, body }: Request): object {
    const job = this.#job(jobId);
    const { requestedState } = body as { requestedState?: number };
    if (requestedState !== enumNumber('JobState', 'JOB_STATE_CANCELLED')) {
      throw new ApiError(400, `a client asks for the state ${requestedState}`);
    }
    if (job.isOver) throw new ApiError(400, `(fake): ${jobId} is in a terminal state`);
    job.cancel();
    return job.resource('summary');
  }

  #job(id: string): FakeJob {
    const job = this.jobs.find((each) => each.id === id);
    if (job === undefined)
      throw new ApiError(404, `(fake): Information about job ${id} could not be found in our system.`);
    return job;
  }
}

function importanceOf(number: string | undefined): ImportanceName {
  const names: readonly ImportanceName[] = ['DEBUG', 'DETAILED', 'BASIC', 'WARNING', 'ERROR'];
  return names.find((name) => enumNumber('JobMessageImportance', `JOB_MESSAGE_${name}`) === Number(number)) ?? 'DEBUG';
}

function paged(items: readonly object[], token: string | undefined, name: string): object {
  const start = Number(token?.replace('page-', '') ?? 0);
  const end = start + pageSize;
  return { [name]: items.slice(start, end), ...(end < items.length && { nextPageToken: `page-${end}` }) };
}
