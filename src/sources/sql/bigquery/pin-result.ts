import { setTimeout as sleep } from 'node:timers/promises';
import type { BigQuerySettings } from '../../../core/config/index.js';
import { defaultBigQuerySettings } from '../../../core/config/index.js';
import { RequestFailure } from '../../../storage/index.js';
import { stopIfInterrupted } from '../../interrupted.js';
import type { SourceContext } from '../../source.js';
import { refusedQuery } from '../refused-query.js';
import type { WarehouseQuery } from '../warehouse.js';
import { bigQueryError, overCap, type QueryStep } from './bigquery-error.js';
import { jobLabels } from './job-labels.js';
import { findPinned, type PinnedResult, pinKey, writePinned } from './pinned-result.js';
import { dryRun, failureOf, finishedJob, isPassingFailure, type JobQuery, startJob } from './query-job.js';
import { queryParameters, withoutComments } from './query-parameters.js';
import { type Job, type Table, type TableReference, tableName, tableReferenceOf } from './resources.js';
import { BigQueryRest, patience } from './rest.js';
import { checkResult } from './result-columns.js';
import { type ResultPlace, resultPlace } from './result-place.js';
import { findTable, tableStates } from './table-states.js';

/** Queries that run now: a source is cut and asked for its state at once, and two sources may be one query. */
const running = new Map<string, Promise<PinnedResult>>();

/**
 * The result of a query, in a table that is written once and does not change until it expires: that of an earlier attempt at the build, or of a job that runs now.
 *
 * @throws DatasetsError whatever stands in the way: QUERY_INVALID, LIMIT_EXCEEDED, SOURCE_NOT_FOUND, WAREHOUSE_DENIED, WAREHOUSE_FAILED, CREDENTIALS_MISSING, CONFIG_INVALID, PEER_MISSING, INTERRUPTED
 */
export function pinResult(asked: WarehouseQuery, context: SourceContext): Promise<PinnedResult> {
  const key = pinKey(asked, context);
  const known = running.get(key);
  if (known !== undefined) return known;
  const result = foundOrRun(new QueryRun(asked, key, context)).finally(() => running.delete(key));
  running.set(key, result);
  return result;
}

async function foundOrRun(query: QueryRun): Promise<PinnedResult> {
  return (await query.find()) ?? query.run();
}

class QueryRun {
  readonly #asked: WarehouseQuery;
  readonly #key: string;
  readonly #context: SourceContext;
  readonly #settings: BigQuerySettings;

  constructor(asked: WarehouseQuery, key: string, context: SourceContext) {
    this.#asked = asked;
    this.#key = key;
    this.#context = context;
    this.#settings = context.bigquery ?? defaultBigQuerySettings;
  }

  /** What an earlier attempt has pinned, where it is still there: somebody may have deleted its table before its time. */
  async find(): Promise<PinnedResult | undefined> {
    const found = findPinned(this.#key, this.#context);
    if (found === undefined) return undefined;
    const { query } = this.#asked;
    const { project = '', location } = this.#settings;
    try {
      const rest = await BigQueryRest.open(this.#settings);
      return (await findTable(rest, tableReferenceOf(found.table))) === undefined ? undefined : found;
    } catch (error) {
      throw bigQueryError(error, { query, project, location });
    }
  }

  async run(): Promise<PinnedResult> {
    const { query } = this.#asked;
    const parameters = queryParameters(this.#asked);
    let step: QueryStep = { query, project: this.#settings.project ?? '', location: this.#settings.location };
    try {
      const rest = await BigQueryRest.open(this.#settings);
      step = { ...step, project: rest.project };
      const place = await resultPlace(rest, this.#settings, query);
      const { location } = place;
      step = { ...step, location };
      const asked: JobQuery = { text: query.text, parameters, labels: jobLabels(this.#context.build), location };
      const estimate = await this.#estimate(rest, asked);
      return await this.#runJobs(rest, asked, place, step, estimate);
    } catch (error) {
      stopIfInterrupted(this.#context, `${query.name} ran`);
      throw bigQueryError(error, step);
    }
  }

  /** Everything that can be said before a byte is paid for. Gives the bytes that the query reads. */
  async #estimate(rest: BigQueryRest, asked: JobQuery): Promise<number> {
    const { query } = this.#asked;
    const { statistics } = await dryRun(rest, asked);
    const { statementType, schema } = statistics?.query ?? {};
    refuseStatement(query, statementType);
    if (schema?.fields !== undefined) checkResult(schema.fields, this.#asked);
    const bytes = statistics?.totalBytesProcessed ?? statistics?.query?.totalBytesProcessed ?? 0;
    const cap = this.#settings.maximumBytesBilled;
    if (bytes > cap) throw overCap(query, { bytes, cap });
    return bytes;
  }

  /**
   * An id is used once: where its job has failed, or its table is gone, the next number is tried. What ran before, in this attempt at the build or another, is found and joined.
   */
  async #runJobs(
    rest: BigQueryRest,
    asked: JobQuery,
    place: ResultPlace,
    step: QueryStep,
    estimate: number,
  ): Promise<PinnedResult> {
    const { query } = this.#asked;
    const { onProgress, signal } = this.#context;
    const stage = `query ${query.name}`;
    onProgress?.({ type: 'stage-start', stage, unit: 'bytes', tasks: 1, rows: estimate });
    const begun = performance.now();
    for (let number = 1, failures = 0; ; number++) {
      const id = `ailab_datasets_${this.#key}_${number}`;
      const job = jobName(rest, place, id);
      const table: TableReference = { projectId: place.projectId, datasetId: place.datasetId, tableId: id };
      const { how, done } = await this.#runJob(rest, id, { ...asked, text: this.#pinning(table) }, { ...step, job });
      const failure = failureOf(done);
      if (failure === undefined) {
        const written = await findTable(rest, table);
        if (written !== undefined) {
          const result = await this.#pinned(rest, job, done, written);
          onProgress?.({
            type: 'stage-end',
            stage,
            rows: result.bytesProcessed,
            seconds: (performance.now() - begun) / 1000,
          });
          return result;
        }
        // One that was joined may be of yesterday.
        if (how === 'started')
          throw new RequestFailure(`${tableName(table)} was deleted as soon as job ${job} had written it`, {});
      } else if (how === 'started' && !isAlreadyThere(failure)) {
        failures++;
        if (!isPassingFailure(failure) || failures >= patience.maxAttempts)
          throw bigQueryError(failure, { ...step, job });
        await sleep(pauseMilliseconds(failures), undefined, signal === undefined ? {} : { signal });
      }
    }
  }

  async #runJob(rest: BigQueryRest, id: string, asked: JobQuery, step: QueryStep) {
    const { timeoutSeconds } = this.#settings;
    try {
      const how = await startJob(rest, id, asked, this.#settings);
      const { location } = asked;
      const done = await finishedJob(rest, id, { location, timeoutSeconds }, this.#context, this.#asked.query.name);
      return { how, done };
    } catch (error) {
      throw bigQueryError(error, step);
    }
  }

  /**
   * The table has its expiry from the moment when it appears; with a destination table it would get one afterwards, if nobody dies in between. All in one line before the query's first: lines in
   * messages are the query's.
   */
  #pinning(table: TableReference): string {
    const expires = new Date(Date.now() + this.#settings.expirationHours * 3_600_000);
    const literal = `${expires.toISOString().slice(0, 19).replace('T', ' ')}+00`;
    return `CREATE TABLE \`${tableName(table)}\` OPTIONS (expiration_timestamp = TIMESTAMP '${literal}') AS ${this.#asked.query.text}`;
  }

  async #pinned(rest: BigQueryRest, job: string, { statistics }: Job, table: Table): Promise<PinnedResult> {
    const { query = {} } = statistics ?? {};
    const expires = table.expirationTime ?? Date.now() + this.#settings.expirationHours * 3_600_000;
    const result: PinnedResult = {
      job,
      table: tableName(table.tableReference),
      expires: new Date(expires).toISOString(),
      rows: table.numRows ?? 0,
      bytes: table.numBytes ?? 0,
      bytesProcessed: query.totalBytesProcessed ?? statistics?.totalBytesProcessed ?? 0,
      bytesBilled: query.totalBytesBilled ?? 0,
      fields: [...(table.schema?.fields ?? [])],
      inputs: await tableStates(rest, query.referencedTables ?? []),
    };
    writePinned(this.#key, result, this.#context);
    return result;
  }
}

/** @param type as a dry run says it @throws DatasetsError QUERY_INVALID for anything but one SELECT */
export function refuseStatement(query: WarehouseQuery['query'], type: string | undefined): void {
  if (type !== undefined && type !== 'SELECT') throw noSelect(query, type);
  refuseTemporary(query);
}

function noSelect(query: WarehouseQuery['query'], type: string) {
  const what = type === 'SCRIPT' ? 'is a script of several statements' : `is a statement of type ${type}`;
  const hint =
    'Write one SELECT; what goes before it fits in WITH. What has to be made first is made outside of the build.';
  return refusedQuery(query, what, hint);
}

/** BigQuery takes a SELECT with temporary functions before it for one statement, which can't be made a table. */
function refuseTemporary(query: WarehouseQuery['query']): void {
  if (!/^\s*CREATE\s+(?:TEMP|TEMPORARY)\s/i.test(withoutComments(query.text))) return;
  throw refusedQuery(
    query,
    'makes something temporary first',
    'Write one SELECT. A function that is kept (CREATE FUNCTION in a data set of BigQuery) can be called from it; a temporary table fits in WITH.',
  );
}

/** `project:location.id`, as the command line of BigQuery and its audit logs write it. */
function jobName({ project }: BigQueryRest, { location }: ResultPlace, id: string): string {
  return location === undefined ? `${project}:${id}` : `${project}:${location}.${id}`;
}

/** Two jobs that write one table: the one that was first has the same query. */
function isAlreadyThere({ reason }: RequestFailure): boolean {
  return reason === 'duplicate';
}

function pauseMilliseconds(failures: number): number {
  return Math.min(patience.maxDelayMilliseconds, patience.firstDelayMilliseconds * 2 ** failures);
}
