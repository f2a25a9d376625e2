import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig, type ResolvedConfig, type WarehouseName } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import type { Source, SourceContext } from '../sources/index.js';
import { differenceOf, type QueryRows, type Row } from './compare-rows.js';

export interface SameRowsOptions {
  /** The module that the paths of `tables` are relative to: `import.meta.url` of the builder's module, or of one beside it. */
  readonly from: string | URL;
  /** Whether rows must come in the same order: where both queries end with ORDER BY. Default: no. */
  readonly isOrdered?: boolean;
  /** Columns whose values are private: a difference shows the beginning of their sha256. */
  readonly hidden?: readonly string[];
  /** What says how to reach BigQuery. Default: the project's own configuration. */
  readonly config?: ResolvedConfig;
}

export interface SameRows {
  /** How many each query gave. */
  readonly rows: number;
}

/**
 * Shows in a test that both queries of a source, one for each dialect, give the same rows: runs one on DuckDB and the other on BigQuery (or its emulator, BIGQUERY_EMULATOR_HOST), and compares every value exactly.
 *
 * The rows of both are held in memory: write it for tables of a test, which BigQuery has under the names that the query says.
 *
 * @param source what `sql({ duckdb, bigquery }, options)` gives
 * @throws DatasetsError QUERY_INVALID with the first rows that differ; USAGE for another source; UNSUPPORTED where there is no query for one of the warehouses; whatever a query fails with
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { sql } from 'ailab-datasets';
 * import { assertSameRows } from 'ailab-datasets/testing';
 *
 * const clicks = sql(
 *   {
 *     duckdb: new URL('./clicks.duckdb.sql', import.meta.url),
 *     bigquery: new URL('./clicks.bigquery.sql', import.meta.url),
 *   },
 *   { tables: { impressions: 'logs/*.csv' }, types: { id: 'int64', item: 'string' } },
 * );
 * test('both dialects give the same rows', () => assertSameRows(clicks, { from: import.meta.url }));
 * ```
 */
export async function assertSameRows(source: Source<object>, options: SameRowsOptions): Promise<SameRows> {
  if (source.kind !== 'sql') {
    throw new DatasetsError('USAGE', `${source.description} runs no query`, {
      hint: 'Give it what sql({ duckdb: …, bigquery: … }) gives.',
    });
  }
  const config = options.config ?? (await loadConfig());
  const duckdb = await rowsOn('duckdb', source, options, config);
  const bigquery = await rowsOn('bigquery', source, options, config);
  const comparison = { isOrdered: options.isOrdered ?? false, hidden: new Set(options.hidden) };
  const difference = differenceOf(duckdb, bigquery, comparison);
  if (difference === undefined) return { rows: duckdb.rows.length };
  throw new DatasetsError('QUERY_INVALID', `${source.description} gives other rows in each dialect\n${difference}`, {
    hint: 'Correct one of the queries, or the tables: those of BigQuery must hold the same rows as the files.',
  });
}

async function rowsOn(
  warehouse: WarehouseName,
  source: Source<object>,
  { from }: SameRowsOptions,
  config: ResolvedConfig,
): Promise<QueryRows> {
  const stagingDirectory = await mkdtemp(join(tmpdir(), `ailab-${warehouse}-`));
  const context: SourceContext = {
    baseDirectory: dirname(fileURLToPath(from)),
    projectDirectory: config.projectDirectory,
    warehouse,
    bigquery: config.bigquery,
    stagingDirectory,
  };
  try {
    const rows: Row[] = [];
    for (const shard of await source.split(context)) {
      for await (const { elements } of source.read(shard, context)) rows.push(...(elements as readonly Row[]));
    }
    return { name: warehouse, rows };
  } finally {
    await rm(stagingDirectory, { recursive: true, force: true });
  }
}
