import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.js';
import type { Method } from './faults.js';
import { problemsOf } from './messages.js';

export interface Request {
  readonly method: Method;
  readonly project: string;
  readonly location: string;
  /** `''` for those that are about no job. */
  readonly jobId: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Route {
  readonly method: Method;
  readonly verb: string;
  /** After `/v1b3/projects/P/locations/L/jobs`. */
  readonly path: RegExp;
  /** The message that path, query and body make together (google.api.http in the protos). */
  readonly message: string;
}

const routes: readonly Route[] = [
  { method: 'jobs.create', verb: 'POST', path: /^$/, message: 'CreateJobRequest' },
  { method: 'jobs.list', verb: 'GET', path: /^$/, message: 'ListJobsRequest' },
  { method: 'jobs.get', verb: 'GET', path: /^\/([^/]+)$/, message: 'GetJobRequest' },
  { method: 'jobs.update', verb: 'PUT', path: /^\/([^/]+)$/, message: 'UpdateJobRequest' },
  { method: 'messages.list', verb: 'GET', path: /^\/([^/]+)\/messages$/, message: 'ListJobMessagesRequest' },
  { method: 'jobs.getMetrics', verb: 'GET', path: /^\/([^/]+)\/metrics$/, message: 'GetJobMetricsRequest' },
];

/** Parameters of every method, as Google's APIs have them (https://cloud.google.com/apis/docs/system-parameters). */
const systemParameters = new Set(['$alt', '$prettyPrint']);

/** @throws ApiError for what no method of the API takes. */
export async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const url = new URL(incoming.url ?? '/', 'http://fake');
  const [, project = '', location = '', rest = ''] =
    /^\/v1b3\/projects\/([^/]+)\/locations\/([^/]+)\/jobs(.*)$/.exec(url.pathname) ?? [];
  const route = routes.find(({ verb, path }) => verb === incoming.method && path.test(rest));
  if (project === '' || route === undefined)
    throw new ApiError(400, `no method for ${incoming.method} ${url.pathname}`);
  const jobId = route.path.exec(rest)?.[1] ?? '';
  const query = Object.fromEntries([...url.searchParams].filter(([name]) => !systemParameters.has(name)));
  if (url.searchParams.get('$alt') !== 'json;enum-encoding=int')
    throw new ApiError(400, 'the fake answers enums as numbers');
  const body = await readJson(incoming);
  const message = {
    projectId: project,
    location,
    ...(jobId !== '' && { jobId }),
    // Numbers stand as text in a query.
    ...Object.fromEntries(
      Object.entries(query).map(([name, text]) => [name, /^\d+$/.test(text) ? Number(text) : text]),
    ),
    ...(body !== undefined && { job: body }),
  };
  const problems = problemsOf(route.message, message);
  if (problems.length > 0) throw new ApiError(400, problems.join('; '));
  return { method: route.method, project, location, jobId, query, body };
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}
