import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { type HeldRequest, type ListeningServer, listen, replyError } from '../../gcs/http-message.js';
import { ApiError } from './api-error.js';
import type { CallLog, FakeCall, FakeOperation } from './call-log.js';
import type { FaultScript } from './faults.js';
import type { JobStore } from './jobs.js';
import { insertDatasetBody, insertJobBody, insertTableBody, patchTableBody, urlParameters } from './requests.js';
import { restRow } from './rest-rows.js';
import type { FakeTable, TableReference, TableStore } from './tables.js';

export interface RestApiSettings {
  readonly tables: TableStore;
  readonly jobs: JobStore;
  readonly faults: FaultScript;
  readonly log: CallLog;
  /** The most of one page. */
  readonly rowsPerPage: number;
}

/** BigQuery's REST API, as far as its official client is used: https://cloud.google.com/bigquery/docs/reference/rest. */
export function startRestApi(settings: RestApiSettings): Promise<ListeningServer> {
  return listen(async (request, response) => {
    const route = routeOf(request);
    if (route === undefined) {
      settings.log.violations.push(`${request.method} ${request.url.pathname} is no method that the fake knows`);
      replyError(response, 404, 'notFound', 'Not Found');
      return;
    }
    const parameters = Object.fromEntries(request.url.searchParams);
    const body = request.body.length === 0 ? undefined : JSON.parse(request.body.toString());
    const operation = route.operation === 'jobs.insert' && isDryRun(body) ? 'jobs.insert dry run' : route.operation;
    const call: FakeCall = { operation, id: route.place.join('.'), parameters, body };
    settings.log.add(call);
    const fault = settings.faults.nextRest(operation);
    if (fault === undefined || fault.isApplied === true) {
      const answered = answer(route, call, settings);
      if (fault === undefined) return send(answered, response);
    }
    if (fault.reply === 'connection lost') response.destroy();
    else replyError(response, fault.reply.status, fault.reply.reason, fault.reply.message ?? fault.reply.reason);
  });
}

interface Route {
  readonly operation: Exclude<FakeOperation, 'jobs.insert dry run' | 'CreateReadSession' | 'ReadRows'>;
  /** What the path names, the project first. */
  readonly place: readonly string[];
}

/** With and without `/bigquery/v2`, which the official client leaves out when BIGQUERY_EMULATOR_HOST is set. */
const routes: readonly (readonly [Route['operation'], method: string, path: RegExp])[] = [
  ['jobs.insert', 'POST', /^\/projects\/([^/]+)\/jobs$/],
  ['jobs.get', 'GET', /^\/projects\/([^/]+)\/jobs\/([^/]+)$/],
  ['jobs.cancel', 'POST', /^\/projects\/([^/]+)\/jobs\/([^/]+)\/cancel$/],
  ['jobs.getQueryResults', 'GET', /^\/projects\/([^/]+)\/queries\/([^/]+)$/],
  ['datasets.insert', 'POST', /^\/projects\/([^/]+)\/datasets$/],
  ['datasets.get', 'GET', /^\/projects\/([^/]+)\/datasets\/([^/]+)$/],
  ['tables.insert', 'POST', /^\/projects\/([^/]+)\/datasets\/([^/]+)\/tables$/],
  ['tables.get', 'GET', /^\/projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/],
  ['tables.patch', 'PATCH', /^\/projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/],
  ['tables.delete', 'DELETE', /^\/projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/],
  ['tabledata.list', 'GET', /^\/projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)\/data$/],
];

const parametersOf: Readonly<Record<Route['operation'], z.ZodType>> = {
  'jobs.insert': urlParameters(),
  'jobs.get': urlParameters('location'),
  'jobs.cancel': urlParameters('location'),
  'jobs.getQueryResults': urlParameters(
    ...['location', 'maxResults', 'pageToken', 'startIndex', 'timeoutMs', 'formatOptions.useInt64Timestamp'],
  ),
  'datasets.insert': urlParameters(),
  'datasets.get': urlParameters('datasetView'),
  'tables.insert': urlParameters(),
  'tables.get': urlParameters('view', 'selectedFields'),
  'tables.patch': urlParameters(),
  'tables.delete': urlParameters(),
  'tabledata.list': urlParameters(
    ...['maxResults', 'pageToken', 'startIndex', 'selectedFields', 'formatOptions.useInt64Timestamp'],
  ),
};

function routeOf({ method, url }: HeldRequest): Route | undefined {
  const path = url.pathname.replace(/^\/bigquery\/v2/, '');
  for (const [operation, itsMethod, pattern] of routes) {
    const match = method === itsMethod ? pattern.exec(path) : null;
    if (match !== null) return { operation, place: match.slice(1).map(decodeURIComponent) };
  }
  return undefined;
}

function isDryRun(body: unknown): boolean {
  return (body as { configuration?: { dryRun?: unknown } } | undefined)?.configuration?.dryRun === true;
}

type Answer = { readonly body: object | undefined } | { readonly error: ApiError };

function answer(route: Route, call: FakeCall, settings: RestApiSettings): Answer {
  try {
    parse(parametersOf[route.operation], call.parameters, `the URL of ${call.operation}`, settings.log);
    return { body: carryOut(route, call, settings) };
  } catch (error) {
    if (error instanceof ApiError) return { error };
    settings.log.violations.push(String(error));
    return { error: new ApiError(500, 'internalError', String(error)) };
  }
}

function send(answered: Answer, response: ServerResponse): void {
  if ('error' in answered) {
    const { status, reason, message } = answered.error;
    replyError(response, status, reason, message);
    return;
  }
  if (answered.body === undefined) response.writeHead(204).end();
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answered.body));
}

function carryOut({ operation, place }: Route, call: FakeCall, settings: RestApiSettings): object | undefined {
  const { tables, jobs, log } = settings;
  const [projectId = '', second = '', tableId = ''] = place;
  const table: TableReference = { projectId, datasetId: second, tableId };
  const bodyAs = <T>(schema: z.ZodType<T>): T => parse(schema, call.body, `the body of ${call.operation}`, log);
  switch (operation) {
    case 'jobs.insert': {
      const request = bodyAs(insertJobBody);
      return call.operation === 'jobs.insert dry run' ? jobs.dryRun(request) : jobs.insert(request);
    }
    case 'jobs.get':
      return jobs.poll(second, call.parameters['location']);
    case 'jobs.cancel':
      return jobs.cancel(second, call.parameters['location']);
    case 'jobs.getQueryResults':
      return queryResults(second, call, settings);
    case 'datasets.insert': {
      const { datasetReference, ...dataset } = bodyAs(insertDatasetBody);
      const name = `${projectId}:${datasetReference.datasetId}`;
      const { location, defaultTableExpirationMs: expiration } = dataset;
      const settingsOfDataset = expiration === undefined ? {} : { defaultTableExpirationMs: String(expiration) };
      return tables.addDataset(name, location === undefined ? settingsOfDataset : { ...settingsOfDataset, location });
    }
    case 'datasets.get':
      return tables.describeDataset(`${projectId}:${second}`);
    case 'tables.insert': {
      const { tableReference } = bodyAs(insertTableBody);
      if (tables.has(tableReference)) throw new ApiError(409, 'duplicate', 'Already Exists: Table');
      tables.put(tableReference, { fields: [], rows: [] });
      return tables.describe(tableReference);
    }
    case 'tables.get':
      return tables.describe(table);
    case 'tables.patch': {
      const { expirationTime, etag: _, ...changes } = bodyAs(patchTableBody);
      tables.patch(
        table,
        expirationTime === undefined ? changes : { ...changes, expirationTime: String(expirationTime) },
      );
      return tables.describe(table);
    }
    case 'tables.delete':
      tables.delete(table);
      return undefined;
    case 'tabledata.list':
      return page(tables.get(table), call, settings);
  }
}

function queryResults(jobId: string, call: FakeCall, settings: RestApiSettings): object {
  const table = settings.jobs.result(jobId, call.parameters['location']);
  const reference = (settings.jobs.describe(jobId) as { readonly jobReference: object }).jobReference;
  const common = { kind: 'bigquery#getQueryResultsResponse', jobReference: reference };
  if (table === 'running') return { ...common, jobComplete: false };
  return { ...common, jobComplete: true, schema: { fields: table.fields }, ...page(table, call, settings) };
}

function page({ fields, rows }: FakeTable, { parameters }: FakeCall, { rowsPerPage }: RestApiSettings): object {
  const start = Number(parameters['pageToken']?.replace('row-', '') ?? parameters['startIndex'] ?? 0);
  const end = Math.min(rows.length, start + Math.min(rowsPerPage, Number(parameters['maxResults'] ?? rowsPerPage)));
  return {
    totalRows: String(rows.length),
    rows: rows.slice(start, end).map((row) => restRow(fields, row)),
    ...(end < rows.length && end > start ? { pageToken: `row-${end}` } : {}),
  };
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string, log: CallLog): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const message = `${what} is not what Google's API takes: ${z.prettifyError(parsed.error)}`;
  log.violations.push(message);
  throw new ApiError(400, 'invalid', message);
}
