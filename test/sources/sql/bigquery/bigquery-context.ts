import { defaultBigQuerySettings } from '../../../../src/core/config/index.js';
import type { SourceContext } from '../../../../src/sources/index.js';
import type { TemporaryFolder } from '../../read-all.js';

/** A build that reads from BigQuery and has its own place for what it stages. */
export function bigQueryContext(
  folder: TemporaryFolder,
  server: { readonly project: string; readonly dataset: string },
  build: string,
): SourceContext {
  const { project, dataset } = server;
  return {
    ...folder.context,
    warehouse: 'bigquery',
    stagingDirectory: folder.file(`staged-${build}`),
    bigquery: { ...defaultBigQuerySettings, project, dataset },
    build: { id: build, dataset: 'product_a', config: undefined, version: '1.2.0', builder: 'ProductA' },
  };
}
