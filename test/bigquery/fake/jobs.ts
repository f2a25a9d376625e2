import { randomUUID } from 'node:crypto';
import { ApiError } from './api-error.js';
import { type Destination, destinationOf } from './destination.js';
import { apiErrorOf, billedBytes, type FakeQuery, type JobError, noResult } from './queries.js';
import type { InsertJob } from './requests.js';
import { type FakeTable, type TableStore, tableName } from './tables.js';

interface StoredJob {
  readonly id: string;
  readonly request: InsertJob;
  readonly location: string;
  readonly script: FakeQuery;
  readonly destination: Destination | undefined;
  readonly created: number;
  polls: number;
  state: 'RUNNING' | 'DONE';
  error?: JobError;
  billed: number;
}

/** A job that has cost something. */
export interface PaidJob {
  readonly jobId: string;
  readonly query: string;
  readonly bytesBilled: number;
}

/** The jobs of a project: from its insertion a job runs, is done after some polls, and costs what it reads. */
export class JobStore {
  /** In the order in which they were done. */
  readonly paid: PaidJob[] = [];
  readonly #jobs = new Map<string, StoredJob>();
  readonly #tables: TableStore;
  readonly #queries: readonly FakeQuery[];
  readonly #location: string;
  readonly #runs = new Map<FakeQuery, number>();

  constructor(tables: TableStore, queries: readonly FakeQuery[], location: string) {
    this.#tables = tables;
    this.#queries = queries;
    this.#location = location;
  }

  /** Says what a query would do, or why it can't. */
  dryRun(request: InsertJob): object {
    const script = this.#scriptOf(request);
    if (script.refusal !== undefined) throw apiErrorOf(script.refusal);
    const { jobId: _, ...reference } = request.jobReference;
    const schema = { fields: (script.result ?? noResult).fields };
    const { statementType = 'SELECT', bytesProcessed, bytesEstimated = bytesProcessed } = script;
    const estimated = bytesEstimated === undefined ? script : { ...script, bytesProcessed: bytesEstimated };
    return {
      kind: 'bigquery#job',
      configuration: request.configuration,
      jobReference: { ...reference, location: this.#location },
      status: { state: 'DONE' },
      statistics: this.#statistics(estimated, 0, { schema, statementType }),
    };
  }

  insert(request: InsertJob): object {
    const { jobId = randomUUID(), projectId, location = this.#location } = request.jobReference;
    if (location !== this.#location) throw new ApiError(404, 'notFound', `Not found: Dataset in location ${location}`);
    if (this.#jobs.has(jobId)) {
      throw new ApiError(409, 'duplicate', `Already Exists: Job ${projectId}:${location}.${jobId}`);
    }
    const script = this.#scriptOf(request);
    this.#jobs.set(jobId, {
      ...{ id: jobId, request, location, script, created: Date.now(), state: 'RUNNING', billed: 0 },
      polls: script.polls === 'forever' ? Number.POSITIVE_INFINITY : (script.polls ?? 0),
      destination: destinationOf(request),
    });
    return this.describe(jobId);
  }

  /** As jobs.get says it. */
  poll(jobId: string, location: string | undefined): object {
    this.#advance(this.#find(jobId, location));
    return this.describe(jobId);
  }

  /**
   * Its rows when it is done.
   *
   * @throws ApiError when it failed
   */
  result(jobId: string, location: string | undefined): FakeTable | 'running' {
    const job = this.#find(jobId, location);
    this.#advance(job);
    if (job.state === 'RUNNING') return 'running';
    if (job.error !== undefined) throw apiErrorOf(job.error);
    return job.script.result ?? noResult;
  }

  cancel(jobId: string, location: string | undefined): object {
    const job = this.#find(jobId, location);
    if (job.state === 'RUNNING') {
      job.state = 'DONE';
      job.error = { reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation' };
    }
    return { kind: 'bigquery#jobCancelResponse', job: this.describe(jobId) };
  }

  describe(jobId: string): object {
    const job = this.#find(jobId, this.#location);
    const { request, location, destination, state, error, script, billed, created } = job;
    return {
      kind: 'bigquery#job',
      id: `${request.jobReference.projectId}:${location}.${jobId}`,
      jobReference: { ...request.jobReference, jobId, location },
      configuration: {
        ...request.configuration,
        jobType: 'QUERY',
        query: { ...request.configuration.query, ...(destination && { destinationTable: destination.table }) },
      },
      status: { state, ...(error === undefined ? {} : { errorResult: error, errors: [error] }) },
      statistics: {
        creationTime: String(created),
        startTime: String(created),
        ...(state === 'DONE' ? { endTime: String(created + 1) } : {}),
        ...(state === 'DONE'
          ? this.#statistics(script, billed, { statementType: destination?.statementType ?? 'SELECT' })
          : {}),
      },
    };
  }

  #statistics(script: FakeQuery, billed: number, more: object): object {
    const { bytesProcessed = defaultBytes, referencedTables = [] } = script;
    return {
      totalBytesProcessed: String(bytesProcessed),
      query: {
        totalBytesProcessed: String(bytesProcessed),
        totalBytesBilled: String(billed),
        cacheHit: false,
        referencedTables,
        ...more,
      },
    };
  }

  #advance(job: StoredJob): void {
    if (job.state === 'DONE') return;
    if (job.polls > 0) {
      job.polls--;
      return;
    }
    job.state = 'DONE';
    const error = this.#failureOf(job);
    if (error !== undefined) {
      job.error = error;
      return;
    }
    job.billed = billedBytes(job.script.bytesProcessed ?? defaultBytes);
    const { query } = job.request.configuration.query;
    this.paid.push({ jobId: job.id, query, bytesBilled: job.billed });
    if (job.destination !== undefined) this.#store(job.destination, job.script.result ?? noResult);
  }

  #failureOf(job: StoredJob): JobError | undefined {
    const { script, request, destination } = job;
    const { maximumBytesBilled } = request.configuration.query;
    const needed = billedBytes(script.bytesProcessed ?? defaultBytes);
    if (maximumBytesBilled !== undefined && Number(maximumBytesBilled) < needed) {
      const message = `Query exceeded limit for bytes billed: ${maximumBytesBilled}. ${needed} or higher required.`;
      return { reason: 'bytesBilledLimitExceeded', message };
    }
    const run = this.#runs.get(script) ?? 0;
    this.#runs.set(script, run + 1);
    const { failures = [] } = script;
    const failure = failures[Math.min(run, failures.length - 1)];
    if (failure !== undefined) return failure;
    if (script.refusal !== undefined) return script.refusal;
    if (destination === undefined) return undefined;
    const { table, disposition } = destination;
    if (!this.#tables.hasDataset(table)) {
      return { reason: 'notFound', message: `Not found: Dataset ${table.projectId}:${table.datasetId}` };
    }
    if (disposition === 'WRITE_EMPTY' && this.#tables.has(table)) {
      return { reason: 'duplicate', message: `Already Exists: Table ${tableName(table)}` };
    }
    return undefined;
  }

  #store({ table, disposition, expirationTime }: Destination, result: FakeTable): void {
    const before = disposition === 'WRITE_APPEND' && this.#tables.has(table) ? this.#tables.get(table).rows : [];
    const rows = [...before, ...result.rows];
    this.#tables.put(table, { ...result, rows }, expirationTime === undefined ? {} : { expirationTime });
  }

  #scriptOf({ configuration }: InsertJob): FakeQuery {
    const text = configuration.query.query;
    const script = this.#queries.find(({ matches }) => matches === undefined || matches.test(text));
    if (script !== undefined) return script;
    throw new ApiError(
      400,
      'invalidQuery',
      'Syntax error: the script of the fake has no answer to this query at [1:1]',
    );
  }

  #find(jobId: string, location: string | undefined): StoredJob {
    const job = this.#jobs.get(jobId);
    // Only jobs in these places are found without one: https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/get.
    const isFound = location === undefined ? ['US', 'EU'].includes(this.#location) : location === job?.location;
    if (job === undefined || !isFound) throw new ApiError(404, 'notFound', `Not found: Job ${jobId}`);
    return job;
  }
}

const defaultBytes = 2 ** 20;
