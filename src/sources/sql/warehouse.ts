import type { WarehouseName } from '../../core/config/index.js';
import type { QueryRecord, SourceBatch, SourceContext, SourceShard, SourceState } from '../source.js';
import { bigQueryWarehouse } from './bigquery/bigquery-warehouse.js';
import { duckdbWarehouse } from './duckdb/duckdb-warehouse.js';
import type { SqlParameters } from './parameters.js';
import type { QueryText } from './query.js';
import type { SqlChoices, SqlTypes } from './sql-types.js';
import type { SqlTables } from './tables.js';

/** All that a warehouse is asked. */
export interface WarehouseQuery {
  readonly query: QueryText;
  readonly parameters: SqlParameters;
  readonly tables: SqlTables;
  readonly types: SqlTypes;
  readonly choices: SqlChoices;
  /** The tables' state to read, where a warehouse can travel in time. */
  readonly snapshot: Date | undefined;
}

/**
 * Where SQL runs. `split` runs the query once, in the submitter, and pins its result: reading a shard gives the same rows in the same order as often as it is read, in whichever worker. What it needs
 * of the result travels in the shards' data.
 */
export interface Warehouse {
  readonly remote: boolean;
  split(query: WarehouseQuery, context: SourceContext): Promise<readonly SourceShard[]>;
  /** Needs no query: its result is pinned. */
  read(shard: SourceShard, choices: SqlChoices, context: SourceContext): AsyncIterable<SourceBatch<object>>;
  /** What tells that the query would give the same. */
  stamp(query: WarehouseQuery, context: SourceContext): Promise<string>;
  state(query: WarehouseQuery, context: SourceContext): Promise<WarehouseState>;
}

export interface WarehouseState {
  /** The inputs besides query and parameters. */
  readonly inputs: readonly SourceState[];
  /** How the result was made, where that is worth a record. */
  readonly query?: QueryRecord;
}

const warehouses: Readonly<Record<WarehouseName, Warehouse>> = { duckdb: duckdbWarehouse, bigquery: bigQueryWarehouse };

export function warehouseOf(context: SourceContext): Warehouse {
  return warehouses[warehouseNameOf(context)];
}

export function warehouseNameOf(context: SourceContext): WarehouseName {
  return context.warehouse ?? 'duckdb';
}
