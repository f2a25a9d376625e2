import { createHash } from 'node:crypto';
import type { SourceBatch, SourceContext, SourceShard } from '../../source.js';
import { streamRows } from '../extract/stream-rows.js';
import { refusedQuery } from '../refused-query.js';
import type { SqlChoices, SqlTypes } from '../sql-types.js';
import type { Warehouse, WarehouseQuery } from '../warehouse.js';
import { bytesToBill } from './bytes-to-bill.js';
import { describeQuery } from './describe-query.js';
import { extractResult } from './extract-result.js';
import { loadReadClient } from './load-client.js';
import { lookAtTables } from './look-at-tables.js';
import { pinResult } from './pin-result.js';
import { pinKey } from './pinned-result.js';
import { isGone, readError } from './read-error.js';
import { forgetReadSession, openReadSession, type ReadableTable } from './read-session.js';
import { checkResult } from './result-columns.js';
import { findKeptTable, snapshotTable } from './snapshot-table.js';
import { streamMessages } from './stream-messages.js';

type StreamPart = {
  readonly query: string;
  readonly table: string;
  /** Of the session, and so a name for these rows: another session cuts the table otherwise. */
  readonly stream: string;
  readonly number: number;
  /** Arrow's message of the schema, base64. */
  readonly schema: string;
  readonly types: SqlTypes;
  readonly part?: { readonly columns?: readonly string[]; readonly where?: string };
};

/**
 * Google BigQuery. A query's result is a table that is written once and expires; its rows come through the Storage Read API, where each stream of a read session is a source shard.
 */
export const bigQueryWarehouse: Warehouse = {
  async split(asked, context) {
    refuseFiles(asked);
    const result = await pinResult(asked, context);
    // Another source may have run the same query, and have declared other types.
    checkResult(result.fields, asked);
    return readTable(result, asked, context);
  },

  read: readStream,

  // The result is pinned: for as long as the build is the same, so is what it reads.
  stamp: async (asked, context) => createHash('sha256').update(pinKey(asked, context)).digest('hex'),

  async bytesToBill(asked, context) {
    refuseFiles(asked);
    return bytesToBill(asked, context);
  },

  async describe(asked, context) {
    refuseFiles(asked);
    return describeQuery(asked, context);
  },

  async state(asked, context) {
    refuseFiles(asked);
    const { job, bytesProcessed, bytesBilled, table, expires, inputs } = await pinResult(asked, context);
    const { snapshot } = asked;
    const query = {
      job,
      bytesProcessed,
      bytesBilled,
      result: table,
      expires,
      ...(snapshot !== undefined && { snapshotTime: snapshot.toISOString() }),
    };
    return { inputs, query };
  },

  async look(asked, context) {
    refuseFiles(asked);
    return lookAtTables(asked, context);
  },

  extract: extractResult,

  snapshotTable,

  async splitTable(name, asked, context) {
    const table = await findKeptTable(name, asked, context);
    return readTable(table, asked, context);
  },

  // A query that says `snapshot` reads all its tables as of that time (query-parameters.ts), seven days long.
  sameUntil: async ({ snapshot }) =>
    snapshot && new Date(snapshot.getTime() + timeTravelDays * 86_400_000).toISOString(),
};

/** The streams of a session as source shards, with their shares of the table. */
async function readTable(
  readable: ReadableTable,
  { query, types, part }: WarehouseQuery,
  context: SourceContext,
): Promise<readonly SourceShard[]> {
  const { table, rows, bytes } = readable;
  const { streams, schema } = await openReadSession(readable, part, context).catch((error: unknown) => {
    throw readError(error, query.name);
  });
  return streams.map((stream, index): SourceShard => {
    const of = { query: query.name, table, ...(part !== undefined && { part: { ...part } }) };
    const data: StreamPart = { ...of, stream, number: index + 1, schema, types };
    const share = (whole: number) =>
      Math.round((whole * (index + 1)) / streams.length) - Math.round((whole * index) / streams.length);
    const id = `${query.name} stream ${index + 1} of ${streams.length}`;
    // How much of the table a part is nobody says.
    return part === undefined ? { id, data, rows: share(rows), bytes: share(bytes) } : { id, data };
  });
}

/** The most that BigQuery has (https://cloud.google.com/bigquery/docs/time-travel). */
const timeTravelDays = 7;

/** Local files are tables of DuckDB alone. */
function refuseFiles({ query, tables }: WarehouseQuery): void {
  const [name] = Object.keys(tables);
  if (name === undefined) return;
  throw refusedQuery(
    query,
    `the table ${name} is a local file, which BigQuery can't read`,
    'Name the table of BigQuery in the query, and leave `tables` to the query for DuckDB: write one for each, sql({ duckdb: …, bigquery: … }). Or build with --warehouse duckdb.',
    name,
  );
}

async function* readStream(
  shard: SourceShard,
  choices: SqlChoices,
  context: SourceContext,
): AsyncGenerator<SourceBatch<object>, void, undefined> {
  const { query, table, part, stream, number, schema, types } = shard.data as StreamPart;
  const place = (row: number) => `${query} row ${row + 1} of stream ${number} of its result`;
  const client = await loadReadClient();
  try {
    const messages = streamMessages(client, stream);
    yield* streamRows(messages, { schema: Buffer.from(schema, 'base64'), types, choices, place, rules: context });
  } catch (error) {
    if (isGone(error)) forgetReadSession(table, part, context);
    throw readError(error, query);
  } finally {
    await client.close();
  }
}
