import { createHash } from 'node:crypto';
import type { RetentionChoice } from '../retention.js';
import type { Source, SourceContext, SourceState } from '../source.js';
import { givenExtract, stampOfGiven } from './extract/given-extract.js';
import { givenShards, readGiven } from './extract/given-shards.js';
import { checkParameters, digestOfParameters, type SqlParameters } from './parameters.js';
import { periodParameters } from './period-parameters.js';
import { queryName, readQuery, type SqlQuery } from './query.js';
import type { ResultPart } from './result-part.js';
import { checkRetention, retainResult } from './retain-result.js';
import type { SqlChoices, SqlRow, SqlTypes } from './sql-types.js';
import type { SqlTables } from './tables.js';
import { isRemoteWarehouse, type WarehouseQuery, warehouseNameOf, warehouseOf } from './warehouse.js';

export interface SqlOptions {
  /**
   * Values of the query's parameters: `$name` in DuckDB, `@name` in BigQuery. They are bound, never pasted into the text. In a build of a snapshot a query may also use `snapshot_from` and
   * `snapshot_to`, the timestamps between which its period lies.
   */
  readonly params?: SqlParameters;
  /** Local files as tables of DuckDB, by name; other warehouses have their own tables, so that a query without a file for each dialect is refused there. Nothing else can be read. */
  readonly tables?: SqlTables;
  /** What columns must be: checked against the result before any row is read. A type without `?` refuses NULL. */
  readonly types?: SqlTypes;
  /** How 64-bit integers come, and timestamps and times as counts of their unit: `bigint` (the default), or `number`, where one beyond 2^53 - 1 is an error. */
  readonly int64?: 'bigint' | 'number';
  /** How timestamps come: as the count of microseconds since 1970 in UTC (the default), or as Date, where one with a part of a millisecond is an error. */
  readonly timestamps?: 'integer' | 'date';
  /** The state of the tables to read, where the warehouse can travel in time: `p.snapshotTime`. Local files have one state alone. */
  readonly snapshot?: Date;
  /** What of the result is read: some columns, some rows. BigQuery's Storage Read API leaves out the rest before it sends it. Default: all. */
  readonly part?: ResultPart;
  /**
   * What is kept so that the version can be built again when the tables are gone or others. `extract`: the result, beside the version in the registry. `table-snapshot`: a copy in the
   * warehouse (BigQuery). `none`: nothing. Default: `extract` up to `maxRetainedBytes` of the configuration, `none` above it and where the features hold personal data.
   */
  readonly retain?: RetentionChoice;
  /** Why what the query gives of personal data may be kept as it is, before any policy of `info().privacy`: without it nothing is kept where the features hold personal data. */
  readonly retainPrivate?: string;
}

interface ChoicesOf<O extends SqlOptions> extends SqlChoices {
  readonly int64: O['int64'] extends 'number' ? 'number' : 'bigint';
  readonly timestamps: O['timestamps'] extends 'date' ? 'date' : 'integer';
}

/**
 * Reads the result of one SELECT on the warehouse of the configuration (`warehouse`, `--warehouse`): DuckDB, embedded, over local files, is the default and needs the
 * optional peer `@duckdb/node-api`; BigQuery needs `@google-cloud/bigquery` and `@google-cloud/bigquery-storage`, and the setting `bigquery`.
 *
 * BigQuery writes the result to a table that expires, whose streams are read in parallel; INT64 is bigint or number, NUMERIC and BIGNUMERIC their notation, TIMESTAMP, DATETIME and TIME microseconds, JSON and GEOGRAPHY strings.
 *
 * On DuckDB the query runs once a build, on one thread and in UTC, so that the same files give the same rows in the same order; its result is kept in the build's work directory and read from there in parts. A
 * row is a plain object with the columns as properties.
 *
 * Values are exact: integers up to 32 bits and floats are numbers; BIGINT, HUGEINT (as of `sum`), TIME (microseconds) and TIMESTAMP (microseconds; TIMESTAMP_NS nanoseconds) bigint or number (`int64`);
 * DECIMAL its shortest notation as a string (`2.5`); DATE a Date (midnight UTC); VARCHAR, ENUM, JSON and UUID strings; BLOB Uint8Array; LIST and ARRAY arrays; STRUCT plain objects; MAP an array of
 * `{ key, value }`; NULL null. Other types are refused: cast them.
 *
 * @param query a `.sql` file, its text, or a file for each dialect
 * @throws DatasetsError while splitting: SOURCE_MALFORMED with file and line of what DuckDB refuses; SOURCE_NOT_FOUND, UNSUPPORTED, PIPELINE_INVALID, PEER_MISSING; on BigQuery also LIMIT_EXCEEDED, WAREHOUSE_DENIED, WAREHOUSE_FAILED, CREDENTIALS_MISSING
 * @example
 * ```ts
 * const clicks = pipeline.read(
 *   sql(new URL('./clicks.sql', import.meta.url), {
 *     tables: { impressions: 'logs/*.csv' },
 *     params: { since: new Date('2026-01-01') },
 *     types: { id: 'int64', item: 'int32', price: 'decimal?' },
 *   }),
 * );
 * ```
 */
export function sql<const O extends SqlOptions & { readonly types: SqlTypes }>(
  query: SqlQuery,
  options: O,
): Source<SqlRow<O['types'], ChoicesOf<O>>>;
export function sql<T extends object = Record<string, unknown>>(query: SqlQuery, options?: SqlOptions): Source<T>;
export function sql(query: SqlQuery, options: SqlOptions = {}): Source<object> {
  const parameters = checkParameters(options.params ?? {});
  const choices: SqlChoices = { int64: options.int64 ?? 'bigint', timestamps: options.timestamps ?? 'integer' };
  const { tables = {}, types = {}, snapshot, part } = options;
  const description = `sql(${queryName(query)})`;

  async function asked(context: SourceContext): Promise<WarehouseQuery> {
    const warehouse = warehouseNameOf(context);
    const text = await readQuery(query, warehouse, context);
    // Beside a query of its own for another warehouse, they are meant for DuckDB's.
    const itsTables = isForOneDialect(query) || warehouse === 'duckdb' ? tables : {};
    return {
      query: text,
      parameters,
      offered: periodParameters(context.period),
      tables: itsTables,
      types,
      choices,
      snapshot,
      ...(part !== undefined && { part }),
    };
  }

  return {
    kind: 'sql',
    description,
    remote: isRemoteWarehouse,
    async split(context) {
      const all = await asked(context);
      const given = givenExtract(all, context);
      if (given !== undefined) return givenShards(given, all, context);
      return (await warehouseOf(context)).split(all, context);
    },
    async *read(shard, context) {
      yield* readGiven(shard, choices, context) ?? (await warehouseOf(context)).read(shard, choices, context);
    },
    async stamp(context) {
      const all = await asked(context);
      const given = givenExtract(all, context);
      if (given !== undefined) return stampOfGiven(given);
      const warehouse = await (await warehouseOf(context)).stamp(all, context);
      const parts = [
        warehouseNameOf(context),
        all.query.digest,
        digestOfParameters(parameters),
        types,
        part,
        warehouse,
      ];
      return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    },
    async state(context) {
      const all = await asked(context);
      const given = givenExtract(all, context);
      if (given !== undefined) return [{ ...queryState(all), ...given.query }, ...given.inputs];
      const { inputs, query } = await (await warehouseOf(context)).state(all, context);
      return [{ ...queryState(all), ...(query !== undefined && { query }) }, ...asRead(inputs, all, context)];
    },
    async look(context) {
      const all = await asked(context);
      const inputs = await (await warehouseOf(context)).look(all, context);
      return [queryState(all), ...asRead(inputs, all, context)];
    },
    async bytesToBill(context) {
      return (await warehouseOf(context)).bytesToBill(await asked(context), context);
    },
    retention: {
      async check(rules, context) {
        checkRetention({ warehouse: await warehouseOf(context), description, options }, rules, context);
      },
      async retain(rules, { directory, states }, context) {
        const all = await asked(context);
        const [own, ...inputs] = states.map(({ uri }) => uri);
        const retained = { asked: all, warehouse: await warehouseOf(context), description, options };
        return retainResult({ ...retained, uri: own ?? all.query.name, inputs }, rules, directory, context);
      },
    },
  };
}

function isForOneDialect(query: SqlQuery): boolean {
  return typeof query === 'string' || query instanceof URL || Object.keys(query).length < 2;
}

/** What is read as of a time stays as it was, whatever is done to the tables later. */
function asRead(inputs: readonly SourceState[], { snapshot }: WarehouseQuery, context: SourceContext) {
  return snapshot === undefined || !isRemoteWarehouse(context)
    ? inputs
    : inputs.map((input) => ({ ...input, isPinned: true as const }));
}

/** Two queries of a build may be one file with other parameters: each has a name of its own. */
function queryState({ query, parameters }: WarehouseQuery): SourceState {
  const { name, text } = query;
  const bytes = Buffer.byteLength(text);
  if (Object.keys(parameters).length === 0) return { uri: name, bytes, digest: query.digest, asked: { name, text } };
  const parametersDigest = digestOfParameters(parameters);
  const digest = createHash('sha256').update(`${query.digest} ${parametersDigest}`).digest('hex');
  const uri = `${name} with parameters ${parametersDigest.slice(0, 12)}`;
  return { uri, bytes, digest, asked: { name, text, parametersDigest } };
}
