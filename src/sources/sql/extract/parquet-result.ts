import type { LocalLocation } from '../../files/location.js';
import type { ValueRules } from '../../malformed.js';
import { openParquet } from '../../parquet/open-file.js';
import { type RowGroupRange, readRowGroups, rowGroups } from '../../parquet/row-groups.js';
import type { SourceBatch, SourceContext, SourceShard } from '../../source.js';
import type { SqlChoices } from '../sql-types.js';
import { integersOf } from './integer-texts.js';

/** The result of a query, or a part of it, as a Parquet file. */
export interface ParquetResult {
  readonly location: LocalLocation;
  readonly bytes: number;
  /** sha256 of the file, lower-case hex. */
  readonly digest: string;
  /** Columns that hold the texts of integers: Parquet has none of more than 64 bits. */
  readonly integers: readonly string[];
}

type ResultRange = {
  readonly result: 'parquet';
  readonly range: RowGroupRange;
  readonly query: string;
  /** Of the file: another result is other work. */
  readonly digest: string;
  readonly integers: readonly string[];
  /** Rows of the result in the files before this one. */
  readonly firstRow: number;
};

/** Cuts the files of a result into source shards. @param query what messages call it */
export async function resultShards(
  files: readonly ParquetResult[],
  query: string,
  context: SourceContext,
): Promise<readonly SourceShard[]> {
  const shards: SourceShard[] = [];
  let firstRow = 0;
  for (const { location, bytes, digest, integers } of files) {
    const groups = await rowGroups({ location, name: query, bytes }, context);
    for (const group of groups) {
      const range = group.data as RowGroupRange;
      const data: ResultRange = { result: 'parquet', range, query, digest, integers, firstRow };
      const id = `${query} rows ${firstRow + range.start}-${firstRow + range.end}`;
      shards.push({ ...group, id, data });
    }
    firstRow += groups.reduce((sum, { rows = 0 }) => sum + rows, 0);
  }
  return shards;
}

export function readResult(
  shard: SourceShard,
  choices: SqlChoices,
  context: SourceContext,
): AsyncIterable<SourceBatch<object>> {
  const { range, query, integers, firstRow } = shard.data as ResultRange;
  const nameRow = (row: number) => `${query} row ${firstRow + row + 1} of its result`;
  // The notation that BigQuery has as well: a query gives the same on either warehouse.
  const values = { ...choices, decimals: 'shortest' } as const;
  const rows = readRowGroups<Record<string, unknown>>(range, context, values, nameRow);
  return integers.length === 0 ? rows : withIntegers(rows, integers, choices, context);
}

export async function rowsOfResult({ location, bytes }: ParquetResult, context: SourceContext): Promise<number> {
  const opened = await openParquet(location, bytes, context);
  await opened.close();
  return Number(opened.metadata.num_rows);
}

async function* withIntegers(
  batches: AsyncIterable<SourceBatch<Record<string, unknown>>>,
  columns: readonly string[],
  choices: SqlChoices,
  rules: ValueRules,
): AsyncGenerator<SourceBatch<object>, void, undefined> {
  for await (const batch of batches) {
    integersOf(batch, columns, choices, rules);
    yield batch;
  }
}
