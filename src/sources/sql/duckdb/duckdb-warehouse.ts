import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { internalError } from '../../../core/errors/index.js';
import { fileStamp, fileStates } from '../../files/file-state.js';
import { absolutePath } from '../../files/location.js';
import type { SourceFile } from '../../files/resolve-files.js';
import { inferFields } from '../../infer/infer-fields.js';
import { stopIfInterrupted } from '../../interrupted.js';
import type { SourceContext, SourceState } from '../../source.js';
import { type ParquetResult, readResult, resultShards, rowsOfResult } from '../extract/parquet-result.js';
import { putFile } from '../extract/put-file.js';
import type { QueryField } from '../infer-query.js';
import { digestOfParameters } from '../parameters.js';
import { refusedQuery } from '../refused-query.js';
import { declaredTables, type ResolvedTable, resolveTables } from '../tables.js';
import type { Warehouse, WarehouseQuery } from '../warehouse.js';
import { withDatabase } from './confined-database.js';
import { queryError } from './query-error.js';
import { runQuery } from './run-query.js';
import { StagedFile } from './staged-result.js';
import { createView } from './table-view.js';

const leastMemoryBytes = 256 * 2 ** 20;

/** DuckDB in this process, over local files. The result of a query is staged as a Parquet file, whose row groups are the source shards. */
export const duckdbWarehouse: Warehouse = {
  async split(asked, context) {
    return resultShards([await stage(asked, context)], asked.query.name, context);
  },

  read: readResult,

  async stamp(asked, context) {
    return stampOf(await resolveTables(asked.tables, context), context);
  },

  async describe(asked, context) {
    const { location, integers } = await stage(asked, context);
    const { signal } = context;
    const file = pathToFileURL(absolutePath(location, context));
    const found = await inferFields(file, signal === undefined ? {} : { signal });
    const fields = found.map((facts): QueryField => {
      // Staged as text, of which nothing is known.
      return { facts: integers.includes(facts.name) ? { ...facts, type: { kind: 'int64' } } : facts };
    });
    return { fields, rows: found[0]?.rows ?? 0 };
  },

  state: async (asked, context) => ({ inputs: await inputsOf(asked, context) }),

  look: inputsOf,

  bytesToBill: async () => 0,

  async extract(asked, { mostBytes, directory }, context) {
    const staged = stagedFileOf(asked, context).last();
    if (staged === undefined) throw internalError(`the result of ${asked.query.name} was not staged`);
    const { location, bytes, digest: sha256, integers } = staged;
    if (mostBytes !== undefined && bytes > mostBytes) return { tooLargeBytes: bytes };
    const rows = await rowsOfResult(staged, context);
    const path = join(directory, `${sha256}.parquet`);
    await putFile(absolutePath(location, context), path);
    return { format: 'parquet', integers, files: [{ path, bytes, sha256, rows }] };
  },
};

async function inputsOf({ tables }: WarehouseQuery, context: SourceContext): Promise<readonly SourceState[]> {
  const resolved = await resolveTables(tables, context);
  return fileStates(
    resolved.flatMap(({ files }) => files),
    context,
  );
}

function stagedFileOf({ query, parameters, types, tables, part }: WarehouseQuery, context: SourceContext): StagedFile {
  const named = [
    query.name,
    query.digest,
    digestOfParameters(parameters),
    types,
    declaredTables(tables, context),
    part,
  ];
  const name = createHash('sha256').update(JSON.stringify(named)).digest('hex').slice(0, 20);
  return new StagedFile(name, context);
}

async function stampOf(tables: readonly ResolvedTable[], context: SourceContext): Promise<string> {
  const parts: unknown[] = [];
  for (const { name, types, files } of tables) parts.push([name, types, await fileStamp(files, context)]);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Two sources of a build are staged side by side; one that is read twice is staged once. */
async function stage(asked: WarehouseQuery, context: SourceContext): Promise<ParquetResult> {
  const { query } = asked;
  const tables = await resolveTables(asked.tables, context);
  const stamp = await stampOf(tables, context);
  const staged = stagedFileOf(asked, context);
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
