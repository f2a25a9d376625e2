import { defaultBigQuerySettings } from '../../../core/config/index.js';
import { stopIfInterrupted } from '../../interrupted.js';
import type { SourceContext } from '../../source.js';
import type { KeptTable, WarehouseQuery } from '../warehouse.js';
import { bigQueryError, type QueryStep } from './bigquery-error.js';
import { jobLabels } from './job-labels.js';
import { pinResult } from './pin-result.js';
import { failureOf, finishedJob, insertJob } from './query-job.js';
import type { ReadableTable } from './read-session.js';
import { type TableReference, tableName, tablePath, tableReferenceOf, tableResource } from './resources.js';
import { BigQueryRest } from './rest.js';
import { resultPlace } from './result-place.js';

const dayMilliseconds = 86_400_000;

/**
 * Keeps the table of a result beyond its own expiry, as a snapshot in the same data set: it costs what changes in the table, which is nothing until that is deleted, and no bytes are read.
 *
 * @throws DatasetsError as `pinResult`
 */
export async function snapshotTable(asked: WarehouseQuery, context: SourceContext): Promise<KeptTable> {
  const { query } = asked;
  const settings = context.bigquery ?? defaultBigQuerySettings;
  const { table } = await pinResult(asked, context);
  let step: QueryStep = { query, project: settings.project ?? '', location: settings.location };
  try {
    const rest = await BigQueryRest.open(settings);
    const { projectId, datasetId, location } = await resultPlace(rest, settings, query);
    // One name, and one job, for a result: a build that goes on finds it.
    const sourceTable = tableReferenceOf(table);
    const id = `${sourceTable.tableId}_kept`;
    const kept: TableReference = { projectId, datasetId, tableId: id };
    step = { ...step, project: rest.project, location };
    const expires = new Date(Date.now() + settings.snapshotDays * dayMilliseconds);
    const copy = {
      sourceTable,
      destinationTable: kept,
      operationType: 'SNAPSHOT',
      writeDisposition: 'WRITE_EMPTY',
      destinationExpirationTime: expires.toISOString(),
    };
    await insertJob(rest, id, { labels: jobLabels(context.build), copy }, location);
    const limits = { location, timeoutSeconds: settings.timeoutSeconds };
    const failure = failureOf(await finishedJob(rest, id, limits, context, `the snapshot of ${query.name}`));
    if (failure !== undefined) throw failure;
    return { table: tableName(kept), expires: await expiryOf(rest, kept, expires) };
  } catch (error) {
    stopIfInterrupted(context, `the result of ${query.name} was kept`);
    throw bigQueryError(error, step);
  }
}

/** An earlier attempt at the build may have made it, with an expiry of its own. */
async function expiryOf(rest: BigQueryRest, table: TableReference, asked: Date): Promise<string> {
  const request = { method: 'GET', path: tablePath(table), project: table.projectId } as const;
  const { expirationTime } = await rest.call(request, tableResource);
  return (expirationTime === undefined ? asked : new Date(expirationTime)).toISOString();
}

/**
 * A table that was kept, with its size.
 *
 * @throws DatasetsError SOURCE_NOT_FOUND when it has expired
 */
export async function findKeptTable(
  name: string,
  asked: WarehouseQuery,
  context: SourceContext,
): Promise<ReadableTable> {
  const settings = context.bigquery ?? defaultBigQuerySettings;
  const table = tableReferenceOf(name);
  const { projectId } = table;
  try {
    const rest = await BigQueryRest.open(settings);
    const found = await rest.call({ method: 'GET', path: tablePath(table), project: projectId }, tableResource);
    return { table: name, rows: found.numRows ?? 0, bytes: found.numBytes ?? 0 };
  } catch (error) {
    throw bigQueryError(error, { query: asked.query, project: projectId, location: settings.location });
  }
}
