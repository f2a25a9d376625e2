import { DatasetsError } from '../../../core/errors/index.js';
import type { GivenExtract, GivenTable } from '../../retention.js';
import type { SourceBatch, SourceContext, SourceShard } from '../../source.js';
import type { SqlChoices } from '../sql-types.js';
import { type WarehouseQuery, warehouseNameOf, warehouseOf } from '../warehouse.js';
import { arrowShards, readArrow } from './arrow-result.js';
import { givenFiles } from './given-extract.js';
import { readResult, resultShards } from './parquet-result.js';

/**
 * Cuts what is given in place of a query into source shards: an extract whichever warehouse it came from, a table on its own.
 *
 * @throws DatasetsError UNSUPPORTED for a table of another warehouse
 */
export async function givenShards(
  given: GivenExtract | GivenTable,
  asked: WarehouseQuery,
  context: SourceContext,
): Promise<readonly SourceShard[]> {
  if (given.format === 'table') return tableShards(given, asked, context);
  if (given.format === 'arrow') return arrowShards(given, asked);
  return resultShards(givenFiles(given), asked.query.name, context);
}

async function tableShards(
  { table }: GivenTable,
  asked: WarehouseQuery,
  context: SourceContext,
): Promise<readonly SourceShard[]> {
  const { splitTable: split } = await warehouseOf(context);
  if (split !== undefined) return split(table, asked, context);
  const { name } = asked.query;
  throw new DatasetsError(
    'UNSUPPORTED',
    `the result of ${name} is kept as ${table}, which ${warehouseNameOf(context)} can't read`,
    {
      hint: 'Build with --warehouse bigquery.',
      at: { source: name },
    },
  );
}

/** The rows of a shard of a file; undefined for one that its warehouse reads. */
export function readGiven(
  shard: SourceShard,
  choices: SqlChoices,
  context: SourceContext,
): AsyncIterable<SourceBatch<object>> | undefined {
  const { data } = shard;
  const result = typeof data === 'object' && data !== null && 'result' in data ? data.result : undefined;
  if (result === 'parquet') return readResult(shard, choices, context);
  return result === 'arrow' ? readArrow(shard, choices, context) : undefined;
}
