import type { BigQuerySettings } from '../../../core/config/index.js';
import { DatasetsError } from '../../../core/errors/index.js';
import type { QueryText } from '../query.js';
import { bigQueryError } from './bigquery-error.js';
import { datasetResource } from './resources.js';
import type { BigQueryRest } from './rest.js';

/** The data set for results, and where jobs that write to it run. */
export interface ResultPlace {
  readonly projectId: string;
  readonly datasetId: string;
  readonly location: string | undefined;
}

/** @throws DatasetsError CONFIG_INVALID where no data set is named, or it lies in another location; SOURCE_NOT_FOUND, WAREHOUSE_DENIED, ... */
export async function resultPlace(
  rest: BigQueryRest,
  settings: BigQuerySettings,
  query: QueryText,
): Promise<ResultPlace> {
  if (settings.dataset === undefined) throw noDataset(rest.project);
  const dot = settings.dataset.lastIndexOf('.');
  const projectId = dot < 0 ? rest.project : settings.dataset.slice(0, dot);
  const datasetId = settings.dataset.slice(dot + 1);
  const request = { method: 'GET', path: `/datasets/${datasetId}`, project: projectId } as const;
  const found = await rest.call(request, datasetResource).catch((cause: unknown) => {
    const error = bigQueryError(cause, { query, project: rest.project, location: settings.location });
    if (error.code !== 'SOURCE_NOT_FOUND') throw error;
    throw noSuchDataset(projectId, datasetId, settings.location, cause);
  });
  const location = found.location ?? settings.location;
  if (settings.location !== undefined && location?.toLowerCase() !== settings.location.toLowerCase()) {
    throw otherLocation(`${projectId}.${datasetId}`, location, settings.location);
  }
  return { projectId, datasetId, location };
}

function noDataset(project: string): DatasetsError {
  return new DatasetsError(
    'CONFIG_INVALID',
    'SQL runs on BigQuery here, and no data set for results of queries is named',
    {
      hint: `Name one in ailab-datasets.config.ts: bigquery: { dataset: 'ailab_results', … }. ${makeOne(project, 'ailab_results', undefined)}`,
      at: { field: 'bigquery.dataset' },
    },
  );
}

function noSuchDataset(project: string, dataset: string, location: string | undefined, cause: unknown): DatasetsError {
  return new DatasetsError(
    'SOURCE_NOT_FOUND',
    `BigQuery has no data set ${project}.${dataset}, where results of queries go`,
    {
      hint: makeOne(project, dataset, location),
      cause,
      at: { field: 'bigquery.dataset' },
    },
  );
}

function makeOne(project: string, dataset: string, location: string | undefined): string {
  return `Make it where the tables lie that are read: bq mk --dataset --location=${location ?? 'EU'} ${project}:${dataset}`;
}

function otherLocation(dataset: string, location: string | undefined, configured: string): DatasetsError {
  return new DatasetsError(
    'CONFIG_INVALID',
    `bigquery.location is ${configured}, and the data set for results, ${dataset}, lies in ${location}`,
    {
      hint: 'A query runs where all that it reads and writes lies. Leave bigquery.location out, or name a data set of that location.',
      at: { field: 'bigquery.location' },
    },
  );
}
