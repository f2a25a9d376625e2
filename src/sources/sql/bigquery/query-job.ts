import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DatasetsError } from '../../../core/errors/index.js';
import { RequestFailure } from '../../../storage/index.js';
import { stopIfInterrupted } from '../../interrupted.js';
import type { SourceContext } from '../../source.js';
import type { QueryParameter } from './query-parameters.js';
import { type Job, jobResource } from './resources.js';
import type { BigQueryRest } from './rest.js';

/** A query as a job: what is the same for its dry run. */
export interface JobQuery {
  readonly text: string;
  readonly parameters: readonly QueryParameter[];
  readonly labels: Readonly<Record<string, string>>;
  readonly location: string | undefined;
}

/** What a job may cost. */
export interface JobLimits {
  readonly maximumBytesBilled: number;
  readonly timeoutSeconds: number;
}

/** Asks what a query reads and gives, without running it. @throws RequestFailure */
export function dryRun(rest: BigQueryRest, { text, parameters, labels, location }: JobQuery): Promise<Job> {
  const json = {
    configuration: { dryRun: true, labels, query: queryConfiguration(text, parameters) },
    jobReference: { projectId: rest.project, ...(location !== undefined && { location }) },
  };
  return rest.call({ method: 'POST', path: '/jobs', json }, jobResource);
}

/**
 * Starts a job, or finds the one that has its id: an earlier attempt, or this one, whose answer was lost.
 *
 * @throws RequestFailure
 */
export async function startJob(
  rest: BigQueryRest,
  id: string,
  asked: JobQuery,
  limits: JobLimits,
): Promise<'started' | 'joined'> {
  const { text, parameters, labels, location } = asked;
  const query = { ...queryConfiguration(text, parameters), maximumBytesBilled: String(limits.maximumBytesBilled) };
  return insertJob(rest, id, { labels, jobTimeoutMs: String(limits.timeoutSeconds * 1000), query }, location);
}

/** The same for a job of any kind, by its configuration. */
export async function insertJob(
  rest: BigQueryRest,
  id: string,
  configuration: object,
  location: string | undefined,
): Promise<'started' | 'joined'> {
  const json = {
    configuration,
    jobReference: { projectId: rest.project, jobId: id, ...(location !== undefined && { location }) },
  };
  try {
    await rest.call({ method: 'POST', path: '/jobs', json }, jobResource);
    return 'started';
  } catch (error) {
    if (error instanceof RequestFailure && error.status === 409) return 'joined';
    throw error;
  }
}

function queryConfiguration(text: string, queryParameters: readonly QueryParameter[]) {
  return { query: text, useLegacySql: false, useQueryCache: false, parameterMode: 'NAMED', queryParameters };
}

const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 3000;
/** BigQuery ends the job itself when its time is up; this is for one that it forgets. */
const graceMilliseconds = 60_000;

/**
 * Waits until a job is done, well or ill. Ctrl-C cancels it; a machine that is taken away leaves it running, since the build that goes on joins it.
 *
 * @param what names the job for messages
 * @throws RequestFailure; DatasetsError INTERRUPTED
 */
export async function finishedJob(
  rest: BigQueryRest,
  id: string,
  { location, timeoutSeconds }: { readonly location: string | undefined; readonly timeoutSeconds: number },
  context: SourceContext,
  what: string,
): Promise<Job> {
  const query = location === undefined ? {} : { location };
  const deadline = performance.now() + timeoutSeconds * 1000 + graceMilliseconds;
  for (let pause = firstPauseMilliseconds; ; pause = Math.min(longestPauseMilliseconds, pause * 1.5)) {
    const job = await rest.call({ method: 'GET', path: `/jobs/${id}`, query }, jobResource);
    if (job.status?.state === 'DONE') return job;
    const isInterrupted = context.signal?.aborted === true;
    if (isInterrupted && isLeftRunning(context.signal?.reason)) stopIfInterrupted(context, `${what} ran`);
    if (isInterrupted || performance.now() > deadline) {
      await rest.call({ method: 'POST', path: `/jobs/${id}/cancel`, query }, z.unknown());
      stopIfInterrupted(context, `${what} ran, which was cancelled`);
      throw new RequestFailure(`it took more than ${timeoutSeconds} s`, { reason: 'timeout' });
    }
    await sleep(pause, undefined, context.signal === undefined ? {} : { signal: context.signal }).catch(
      (error: unknown) => {
        // The next turn sees it.
        if (context.signal?.aborted !== true) throw error;
      },
    );
  }
}

function isLeftRunning(reason: unknown): boolean {
  return reason instanceof DatasetsError && reason.code === 'PREEMPTED';
}

/** Faults of BigQuery's, after which the same query under another id may succeed. */
const passingReasons: ReadonlySet<string> = new Set([
  ...['backendError', 'internalError', 'rateLimitExceeded'],
  ...['jobBackendError', 'jobInternalError', 'jobRateLimitExceeded'],
]);

/** Why a job failed; undefined for one that didn't. */
export function failureOf(job: Job): RequestFailure | undefined {
  const error = job.status?.errorResult;
  if (error === undefined) return undefined;
  return new RequestFailure(error.message ?? error.reason ?? 'the job failed', { reason: error.reason });
}

export function isPassingFailure({ reason }: RequestFailure): boolean {
  return reason !== undefined && passingReasons.has(reason);
}
