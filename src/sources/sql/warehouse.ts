import type { WarehouseName } from '../../core/config/index.js';
import type { SourceExtract, TableSnapshot } from '../retention.js';
import type { QueryRecord, SourceBatch, SourceContext, SourceShard, SourceState } from '../source.js';
import type { QueryFacts } from './infer-query.js';
import type { SqlParameters } from './parameters.js';
import type { QueryText } from './query.js';
import type { ResultPart } from './result-part.js';
import type { SqlChoices, SqlTypes } from './sql-types.js';
import type { SqlTables } from './tables.js';

/** All that a warehouse is asked. */
export interface WarehouseQuery {
  readonly query: QueryText;
  readonly parameters: SqlParameters;
  /** Values of parameters that a query may use, and need not: `snapshot_from` and `snapshot_to`. */
  readonly offered: SqlParameters;
  readonly tables: SqlTables;
  readonly types: SqlTypes;
  readonly choices: SqlChoices;
  /** The tables' state to read, where a warehouse can travel in time. */
  readonly snapshot: Date | undefined;
  /** What of the result is read. Default: all. */
  readonly part?: ResultPart;
}

/**
 * Where SQL runs. `split` runs the query once, in the submitter, and pins its result: reading a shard gives the same rows in the same order as often as it is read, in whichever worker. What it needs
 * of the result travels in the shards' data.
 */
export interface Warehouse {
  split(query: WarehouseQuery, context: SourceContext): Promise<readonly SourceShard[]>;
  /** Needs no query: its result is pinned. */
  read(shard: SourceShard, choices: SqlChoices, context: SourceContext): AsyncIterable<SourceBatch<object>>;
  /** What tells that the query would give the same. */
  stamp(query: WarehouseQuery, context: SourceContext): Promise<string>;
  state(query: WarehouseQuery, context: SourceContext): Promise<WarehouseState>;
  /** The inputs alone, as they are now: runs nothing, and costs nothing. */
  look(query: WarehouseQuery, context: SourceContext): Promise<readonly SourceState[]>;
  /** Most bytes that running the query would be billed for. Runs nothing, and costs nothing. */
  bytesToBill(query: WarehouseQuery, context: SourceContext): Promise<number>;
  /** Puts the result that `split` pinned into files, unless it is too large. */
  extract?(query: WarehouseQuery, into: ExtractPlace, context: SourceContext): Promise<Extracted>;
  /** Keeps the result that `split` pinned in the warehouse itself. */
  snapshotTable?(query: WarehouseQuery, context: SourceContext): Promise<KeptTable>;
  /** Cuts such a table into source shards, in place of running the query. */
  splitTable?(table: string, query: WarehouseQuery, context: SourceContext): Promise<readonly SourceShard[]>;
  /** Until when the query gives the same with nothing kept, ISO 8601; undefined where that can't be told. */
  sameUntil?(query: WarehouseQuery, context: SourceContext): Promise<string | undefined>;
  /** What the columns of the result are, for those who write a data set of it. */
  describe(query: WarehouseQuery, context: SourceContext): Promise<QueryFacts>;
}

export interface WarehouseState {
  /** The inputs besides query and parameters. */
  readonly inputs: readonly SourceState[];
  /** How the result was made, where that is worth a record. */
  readonly query?: QueryRecord;
}

export type KeptTable = Pick<TableSnapshot, 'table' | 'expires'>;

export interface ExtractPlace {
  /** Larger ones are not made; undefined for any size. */
  readonly mostBytes: number | undefined;
  /** Absolute; made if need be. */
  readonly directory: string;
}

export type Extracted = { readonly tooLargeBytes: number } | Pick<SourceExtract, 'format' | 'integers' | 'files'>;

/** Loaded when a query is asked something: with the checks of what services answer they are a quarter of all that a worker would load. */
export async function warehouseOf(context: SourceContext): Promise<Warehouse> {
  switch (warehouseNameOf(context)) {
    case 'duckdb':
      return (await import('./duckdb/duckdb-warehouse.js')).duckdbWarehouse;
    case 'bigquery':
      return (await import('./bigquery/bigquery-warehouse.js')).bigQueryWarehouse;
  }
}

/** Whether its tables lie elsewhere than on this machine. */
export function isRemoteWarehouse(context: SourceContext): boolean {
  return warehouseNameOf(context) !== 'duckdb';
}

export function warehouseNameOf(context: SourceContext): WarehouseName {
  return context.warehouse ?? 'duckdb';
}
