import type { GivenExtract } from '../../retention.js';
import type { SourceBatch, SourceContext, SourceShard } from '../../source.js';
import type { SqlChoices } from '../sql-types.js';
import type { WarehouseQuery } from '../warehouse.js';
import { arrowShards, readArrow } from './arrow-result.js';
import { givenFiles } from './given-extract.js';
import { readResult, resultShards } from './parquet-result.js';

/** Cuts an extract into source shards, whichever warehouse it came from. */
export async function givenShards(
  given: GivenExtract,
  asked: WarehouseQuery,
  context: SourceContext,
): Promise<readonly SourceShard[]> {
  if (given.format === 'arrow') return arrowShards(given, asked);
  return resultShards(givenFiles(given), asked.query.name, context);
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
