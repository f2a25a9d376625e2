import {
  forward,
  type HeldRequest,
  type ListeningServer,
  listen,
  readAll,
  relay,
  replyError,
  type Upstream,
} from '../gcs/http-message.js';

interface Job {
  readonly jobReference: { readonly projectId: string; readonly jobId: string };
  readonly configuration: {
    readonly dryRun?: boolean;
    readonly labels?: Readonly<Record<string, string>>;
    readonly query?: QueryConfiguration;
  };
}

interface QueryConfiguration {
  readonly query: string;
  readonly destinationTable?: { readonly projectId: string; readonly datasetId: string; readonly tableId: string };
  readonly writeDisposition?: string;
}

/**
 * In front of bqemulator: does what Google does and the emulator does not. The result of a query goes to its destination table, a job's id counts once, and a job keeps its configuration with its labels. Answers
 * with and without `/bigquery/v2` in the path, as the official client leaves it out when BIGQUERY_EMULATOR_HOST is set.
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
      return sendOn(to, rewritten(request, job), job, response);
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

/** A query into a table as the statement that makes the table: the emulator says that such a job is done, and makes none. */
function rewritten(request: HeldRequest, job: Job): HeldRequest {
  const { query } = job.configuration;
  if (query?.destinationTable === undefined || job.configuration.dryRun === true) return request;
  const { destinationTable, writeDisposition = 'WRITE_EMPTY', ...others } = query;
  if (writeDisposition === 'WRITE_APPEND') throw new TypeError('this proxy appends nothing to tables');
  const create = writeDisposition === 'WRITE_TRUNCATE' ? 'CREATE OR REPLACE TABLE' : 'CREATE TABLE';
  const { projectId, datasetId, tableId } = destinationTable;
  const text = `${create} \`${projectId}.${datasetId}.${tableId}\` AS\n${query.query.replace(/;\s*$/, '')}\n`;
  const body = { ...job, configuration: { ...job.configuration, query: { ...others, query: text } } };
  return { ...request, body: Buffer.from(JSON.stringify(body)) };
}

/** What comes back is about the job that was asked for. */
async function sendOn(
  to: string,
  request: HeldRequest,
  job: Job,
  response: Parameters<typeof relay>[1],
): Promise<void> {
  const upstream = await forward(to, request);
  if (upstream.status !== 200) return relay(upstream, response);
  const reply = JSON.parse((await readAll(upstream.body)).toString());
  const { statistics = {}, configuration = {} } = reply;
  const query = { ...statistics.query, statementType: 'SELECT' };
  const isIntoTable = job.configuration.query?.destinationTable !== undefined;
  reply.configuration = { ...configuration, ...job.configuration };
  if (isIntoTable && statistics.query !== undefined) reply.statistics = { ...statistics, query };
  sendJson(upstream, reply, response);
}

function sendJson({ status }: Upstream, reply: unknown, response: Parameters<typeof relay>[1]): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(reply));
}
