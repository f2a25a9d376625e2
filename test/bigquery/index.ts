/**
 * BigQuery for tests: an emulator that runs SQL and streams its tables, and a strict fake for what the emulator can't show.
 *
 * @example
 * it('reads a table', async function () {
 *   const bigquery = await requireBigQueryEmulator(this);
 *   const dataset = await bigquery.newDataset();
 *   await bigquery.run(`CREATE TABLE ${dataset}.clicks AS SELECT 1 AS id`);
 * });
 */
import { randomUUID } from 'node:crypto';
import type { Context } from 'mocha';
import { skip } from '../oracle/index.js';
import { startEmulator } from './emulator-process.js';
import { startEmulatorProxy } from './emulator-proxy.js';
import { findEmulator } from './prepare-emulator.js';

export type { FakeCall, FakeOperation } from './fake/call-log.js';
export { type FakeBigQuery, type FakeSettings, startFakeBigQuery } from './fake/fake-bigquery.js';
export {
  accessDenied,
  type Fault,
  notFound,
  quotaExceeded,
  type RestError,
  rateLimitExceeded,
  tooManyRequests,
  unavailable,
} from './fake/faults.js';
export { type FakeField, type FakeRow, type FakeType, fieldsOf } from './fake/fields.js';
export type { PaidJob } from './fake/jobs.js';
export { expiredSnapshot, type FakeQuery, type JobError } from './fake/queries.js';
export type { FakeTable } from './fake/tables.js';

export interface BigQueryEmulator {
  readonly project: string;
  /** Base URL of the REST API; also in BIGQUERY_EMULATOR_HOST. */
  readonly url: string;
  /** `host:port` of the Storage Read API, plain text; also in BIGQUERY_READ_EMULATOR_HOST. */
  readonly readHost: string;
  /** The name of an empty dataset. */
  newDataset(): Promise<string>;
  /** Runs a statement of GoogleSQL: `CREATE TABLE`, `INSERT`. */
  run(statement: string): Promise<void>;
}

/** Raises the time limit of a test that may start the emulator: it takes two seconds, more on a busy machine. */
const startMilliseconds = 120_000;
const project = 'test';

interface Running {
  readonly emulator: BigQueryEmulator;
  stop(): Promise<void>;
}

let running: Promise<Running> | undefined;

/**
 * The emulator that all test files share, for a test or a hook: `await requireBigQueryEmulator(this)`. Sets BIGQUERY_EMULATOR_HOST and BIGQUERY_READ_EMULATOR_HOST. Without it the test is skipped with the
 * reason, or fails where CI=true.
 */
export async function requireBigQueryEmulator(context: Context): Promise<BigQueryEmulator> {
  const found = findEmulator();
  if ('missing' in found) return skip(context, found.missing);
  context.timeout(Math.max(context.timeout(), startMilliseconds));
  return startBigQuery(found.program);
}

/** The same for scripts. */
export async function startBigQuery(program?: string): Promise<BigQueryEmulator> {
  const found = program === undefined ? findEmulator() : { program };
  if ('missing' in found) throw new Error(found.missing);
  running ??= start(found.program);
  const { emulator } = await running;
  // Again for each test: a fake may have taken the places in between.
  process.env['BIGQUERY_EMULATOR_HOST'] = emulator.url;
  process.env['BIGQUERY_READ_EMULATOR_HOST'] = emulator.readHost;
  return emulator;
}

/** Ends the emulator; the root hook calls it after the last test. */
export async function closeBigQuery(): Promise<void> {
  const ending = running;
  running = undefined;
  await (await ending)?.stop();
}

async function start(program: string): Promise<Running> {
  const server = await startEmulator(program, project);
  const proxy = await startEmulatorProxy(`http://127.0.0.1:${server.restPort}`);
  const emulator: BigQueryEmulator = {
    project,
    url: proxy.url,
    readHost: `127.0.0.1:${server.readPort}`,
    newDataset: async () => {
      const datasetId = `test_${randomUUID().replaceAll('-', '')}`;
      await post(`${proxy.url}/bigquery/v2/projects/${project}/datasets`, { datasetReference: { datasetId } });
      return datasetId;
    },
    run: async (statement) => {
      const url = `${proxy.url}/bigquery/v2/projects/${project}/queries`;
      const { errors } = (await post(url, { query: statement, useLegacySql: false })) as { readonly errors?: unknown };
      if (errors !== undefined) throw new Error(`${statement}: ${JSON.stringify(errors)}`);
    },
  };
  const stop = async (): Promise<void> => {
    delete process.env['BIGQUERY_EMULATOR_HOST'];
    delete process.env['BIGQUERY_READ_EMULATOR_HOST'];
    await proxy.close();
    await server.stop();
  };
  return { emulator, stop };
}

async function post(url: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text}`);
  return JSON.parse(text);
}
