import { defaultBigQuerySettings } from '../../../core/config/index.js';
import type { SourceContext, SourceState } from '../../source.js';
import type { WarehouseQuery } from '../warehouse.js';
import { bigQueryError } from './bigquery-error.js';
import { jobLabels } from './job-labels.js';
import { dryRun } from './query-job.js';
import { queryParameters } from './query-parameters.js';
import { BigQueryRest } from './rest.js';
import { tableStates } from './table-states.js';

/**
 * The tables that a query would read, as they are now: a dry run names them, for nothing.
 *
 * @throws DatasetsError QUERY_INVALID, SOURCE_NOT_FOUND, WAREHOUSE_DENIED, WAREHOUSE_FAILED, CREDENTIALS_MISSING, CONFIG_INVALID, PEER_MISSING
 */
export async function lookAtTables(asked: WarehouseQuery, context: SourceContext): Promise<readonly SourceState[]> {
  const { query } = asked;
  const settings = context.bigquery ?? defaultBigQuerySettings;
  const { location } = settings;
  const parameters = queryParameters(asked);
  let project = settings.project ?? '';
  try {
    const rest = await BigQueryRest.open(settings);
    project = rest.project;
    const { statistics } = await dryRun(rest, { text: query.text, parameters, labels: jobLabels(undefined), location });
    return await tableStates(rest, statistics?.query?.referencedTables ?? []);
  } catch (error) {
    throw bigQueryError(error, { query, project, location });
  }
}
