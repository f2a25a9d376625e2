import type { ServerResponse } from 'node:http';
import {
  forward,
  type HeldRequest,
  type ListeningServer,
  listen,
  readAll,
  relay,
  replyError,
} from '../gcs/http-message.js';

interface Job {
  readonly jobReference: { readonly projectId: string; readonly jobId: string };
  readonly configuration: {
    readonly dryRun?: boolean;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/**
 * In front of bqemulator: does what Google does and the emulator does not. A job's id counts once, and a job keeps its configuration with its labels. Answers with and without `/bigquery/v2` in the path, as the official client leaves it out when BIGQUERY_EMULATOR_HOST is set.
 */
export function startEmulatorProxy(to: string): Promise<ListeningServer> {
  const jobs = new Map<string, Job>();
  return listen(async (asked, response) => {
    const request = { ...asked, url: withPrefix(asked.url) };
    const path = /\/projects\/[^/]+\/jobs(?:\/([^/]+))?$/.exec(request.url.pathname);
    if (path === null) return relay(await forward(to, request), response);
    if (request.method === 'POST' && path[1] === undefined) {
      const job = JSON.parse(request.body.toString()) as Job;
      const { jobId, projectId } = job.jobReference;
      const isReal = job.configuration.dryRun !== true;
      if (isReal && jobs.has(jobId)) {
        replyError(response, 409, 'duplicate', `Already Exists: Job ${projectId}:${jobId}`);
        return;
      }
      if (isReal) jobs.set(jobId, job);
      return sendOn(to, request, job, response);
    }
    const known = jobs.get(decodeURIComponent(path[1] ?? ''));
    if (known === undefined || request.method !== 'GET') return relay(await forward(to, request), response);
    return sendOn(to, request, known, response);
  });
}

function withPrefix(url: URL): URL {
  if (url.pathname.startsWith('/bigquery/v2/')) return url;
  return new URL(`/bigquery/v2${url.pathname}${url.search}`, url);
}

/** What comes back is about the job that was asked for: its labels, too. */
async function sendOn(to: string, request: HeldRequest, job: Job, response: ServerResponse): Promise<void> {
  const upstream = await forward(to, request);
  if (upstream.status !== 200) return relay(upstream, response);
  const reply = JSON.parse((await readAll(upstream.body)).toString());
  reply.configuration = { ...reply.configuration, ...job.configuration };
  response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(reply));
}
