import { defaultBigQuerySettings } from '../../../core/config/index.js';
import type { SourceContext } from '../../source.js';
import type { WarehouseQuery } from '../warehouse.js';
import { bigQueryError } from './bigquery-error.js';
import { jobLabels } from './job-labels.js';
import { dryRun } from './query-job.js';
import { queryParameters } from './query-parameters.js';
import type { Job } from './resources.js';
import { BigQueryRest } from './rest.js';

/** What a dry run says of a query, for nothing, and what `use` makes of that. Errors name the query, the project and the location. */
export async function askByDryRun<T>(
  asked: WarehouseQuery,
  context: SourceContext,
  use: (rest: BigQueryRest, job: Job) => Promise<T>,
): Promise<T> {
  const { query } = asked;
  const settings = context.bigquery ?? defaultBigQuerySettings;
  const { location } = settings;
  const parameters = queryParameters(asked);
  let project = settings.project ?? '';
  try {
    const rest = await BigQueryRest.open(settings);
    project = rest.project;
    return await use(
      rest,
      await dryRun(rest, { text: query.text, parameters, labels: jobLabels(undefined), location }),
    );
  } catch (error) {
    throw bigQueryError(error, { query, project, location });
  }
}
