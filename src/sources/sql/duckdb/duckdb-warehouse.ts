import { createHash } from 'node:crypto';
import { fileStamp, fileStates } from '../../files/file-state.js';
import { absolutePath } from '../../files/location.js';
import type { SourceFile } from '../../files/resolve-files.js';
import { stopIfInterrupted } from '../../interrupted.js';
import { type RowGroupRange, readRowGroups, rowGroups } from '../../parquet/row-groups.js';
import type { SourceBatch, SourceContext, SourceShard } from '../../source.js';
import { digestOfParameters } from '../parameters.js';
import { refusedQuery } from '../refused-query.js';
import type { SqlChoices } from '../sql-types.js';
import { type ResolvedTable, resolveTables } from '../tables.js';
import type { Warehouse, WarehouseQuery } from '../warehouse.js';
import { withDatabase } from './confined-database.js';
import { integersOf } from './integer-texts.js';
import { queryError } from './query-error.js';
import { runQuery } from './run-query.js';
import { StagedFile, type StagedResult } from './staged-result.js';
import { createView } from './table-view.js';

type StagedRange = {
  readonly range: RowGroupRange;
  readonly query: string;
  /** Of the staged file: another result is other work. */
  readonly digest: string;
  readonly integers: readonly string[];
};

const leastMemoryBytes = 256 * 2 ** 20;

/** DuckDB in this process, over local files. The result of a query is staged as a Parquet file, whose row groups are the source shards. */
export const duckdbWarehouse: Warehouse = {
  remote: false,

  async split(asked, context) {
    const { location, bytes, digest, integers } = await stage(asked, context);
    const name = asked.query.name;
    const shards = await rowGroups({ location, name, bytes }, context);
    return shards.map((shard): SourceShard => {
      const data: StagedRange = { range: shard.data as RowGroupRange, query: name, digest, integers };
      return { ...shard, id: `${name} rows ${data.range.start}-${data.range.end}`, data };
    });
  },

  read(shard, choices, context) {
    const staged = shard.data as StagedRange;
    const nameRow = (row: number) => `${staged.query} row ${row + 1} of its result`;
    const rows = readRowGroups<Record<string, unknown>>(staged.range, context, choices, nameRow);
    return staged.integers.length === 0 ? rows : withIntegers(rows, staged.integers, choices);
  },

  async stamp(asked, context) {
    return stampOf(await resolveTables(asked.tables, context), context);
  },

  async state(asked, context) {
    const tables = await resolveTables(asked.tables, context);
    const files = tables.flatMap(({ files }) => files);
    return { inputs: await fileStates(files, context) };
  },
};

async function stampOf(tables: readonly ResolvedTable[], context: SourceContext): Promise<string> {
  const parts: unknown[] = [];
  for (const { name, types, files } of tables) parts.push([name, types, await fileStamp(files, context)]);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Two sources of a build are staged side by side; one that is read twice is staged once. */
async function stage(asked: WarehouseQuery, context: SourceContext): Promise<StagedResult> {
  const { query, parameters, types } = asked;
  const tables = await resolveTables(asked.tables, context);
  const stamp = await stampOf(tables, context);
  const named = [query.name, query.digest, digestOfParameters(parameters), types, tables.map(({ name }) => name)];
  const name = createHash('sha256').update(JSON.stringify(named)).digest('hex').slice(0, 20);
  const staged = new StagedFile(name, context);
  const found = staged.find(stamp);
  if (found !== undefined) return found;
  const pathOf = ({ location }: SourceFile) =>
    location.in === 'bucket' ? location.path : absolutePath(location, context);
  const paths = tables.flatMap(({ files }) => files.map(pathOf));
  const memoryBytes = Math.max(leastMemoryBytes, context.memoryBytes ?? 0);
  const { spillDirectory, partial } = staged;
  const confinement = { paths: [...paths, partial], memoryBytes, spillDirectory, signal: context.signal };
  return withDatabase(confinement, async (database) => {
    for (const table of tables) {
      try {
        await database.duckdb.query(database.connection, createView(table, table.files.map(pathOf)));
      } catch (error) {
        stopIfInterrupted(context, `${query.name} ran`);
        throw queryError(
          { ...query, name: `the table ${table.name}` },
          error,
          'Correct the files, or the types that are declared.',
        );
      }
    }
    const columns = await runQuery(database, asked, partial).catch((error: unknown) => {
      stopIfInterrupted(context, `${query.name} ran`);
      throw error;
    });
    if ((await stampOf(tables, context)) !== stamp) {
      throw refusedQuery(
        query,
        'a file of its tables was changed while it ran',
        'Build again when nothing writes to the files.',
      );
    }
    return staged.finish(
      stamp,
      columns.filter(({ integerText }) => integerText).map(({ name }) => name),
    );
  });
}

async function* withIntegers(
  batches: AsyncIterable<SourceBatch<Record<string, unknown>>>,
  columns: readonly string[],
  choices: SqlChoices,
): AsyncGenerator<SourceBatch<object>, void, undefined> {
  for await (const batch of batches) {
    integersOf(batch, columns, choices);
    yield batch;
  }
}
