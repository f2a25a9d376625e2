import type { DuckDB } from '../../parquet/duckdb.js';
import { identifier, textLiteral } from '../../parquet/duckdb-text.js';
import { type VectorKind, vectorValues } from '../../parquet/duckdb-vector.js';
import type { ColumnValues } from '../../row-factory.js';
import { checkDeclared } from '../declared-columns.js';
import type { QueryText } from '../query.js';
import { refusedQuery } from '../refused-query.js';
import { columnsOfPart } from '../result-part.js';
import type { WarehouseQuery } from '../warehouse.js';
import { bindParameters } from './bind-parameters.js';
import type { ConfinedDatabase } from './confined-database.js';
import { queryError } from './query-error.js';
import { type ResultColumn, resultColumn } from './result-columns.js';

/** No query of an author's has tables of these names. */
const wholeTable = identifier('(whole)');
const resultTable = identifier('(result)');

/**
 * Runs a query and writes its result to a Parquet file.
 *
 * The result is a table of the database first (which spills): a COPY takes no parameters, and the size of its rows says how many of them make a row group, the unit that workers hold in memory.
 *
 * @param file absolute; one of the paths that the database may open
 * @throws DatasetsError QUERY_INVALID
 */
export async function runQuery(
  database: ConfinedDatabase,
  asked: WarehouseQuery,
  file: string,
): Promise<readonly ResultColumn[]> {
  const { query } = asked;
  try {
    await checkStatement(database, query);
    const names = await columnNames(database, asked);
    checkNames(names, asked);
    await execute(database, `CREATE TEMP TABLE ${wholeTable} AS ${query.text}`, asked);
    await takePart(database, names, asked);
    const columns = await resultColumns(database, asked);
    const rowGroup = await measure(database, columns, query);
    const staged = columns.map(({ name, staged }) => `${staged} AS ${identifier(name)}`).join(', ');
    const copy = `COPY (SELECT ${staged} FROM ${resultTable}) TO ${textLiteral(file)} (FORMAT parquet, ROW_GROUP_SIZE ${rowGroup}, USE_TMP_FILE false)`;
    await database.duckdb.query(database.connection, copy);
    return columns;
  } catch (error) {
    // DuckDB's own errors have no other class.
    if (error instanceof Error && error.constructor === Error) throw queryError(query, error);
    throw error;
  }
}

/** Makes of what the query gave what is read of it. */
async function takePart(
  { duckdb, connection }: ConfinedDatabase,
  names: readonly string[],
  { query, part }: WarehouseQuery,
): Promise<void> {
  if (part === undefined) {
    await duckdb.query(connection, `ALTER TABLE ${wholeTable} RENAME TO ${resultTable}`);
    return;
  }
  const columns = columnsOfPart(names, part, query).map(identifier).join(', ');
  const where = part.where === undefined ? '' : ` WHERE (${part.where}\n)`;
  await duckdb.query(connection, `CREATE TEMP TABLE ${resultTable} AS SELECT ${columns} FROM ${wholeTable}${where}`);
  await duckdb.query(connection, `DROP TABLE ${wholeTable}`);
}

/** One SELECT, and nothing else. */
async function checkStatement({ duckdb, connection }: ConfinedDatabase, query: QueryText): Promise<void> {
  const { extracted_statements: statements, statement_count: count } = await duckdb.extract_statements(
    connection,
    query.text,
  );
  if (count === 0) {
    // Preparing what can't be parsed says why.
    await duckdb.prepare(connection, query.text);
    throw refusedQuery(query, 'holds no statement', 'Write one SELECT.');
  }
  if (count > 1) {
    throw refusedQuery(query, `holds ${count} statements`, 'Write one SELECT; what goes before it fits in WITH.');
  }
  const statement = await duckdb.prepare_extracted_statement(connection, statements, 0);
  const type = duckdb.StatementType[duckdb.prepared_statement_type(statement)];
  duckdb.destroy_prepare_sync(statement);
  if (type !== 'SELECT') throw refusedQuery(query, `is a statement of type ${type}`, 'Write one SELECT.');
}

/** As the query has them: a table made of it renames what is there twice. */
async function columnNames(database: ConfinedDatabase, asked: WarehouseQuery): Promise<readonly string[]> {
  const [names = []] = await execute(database, `DESCRIBE ${asked.query.text}`, asked, ['text']);
  return Array.from(names, String);
}

function checkNames(all: readonly string[], { query, types, part }: WarehouseQuery): void {
  const names = columnsOfPart(all, part, query);
  const seen = new Set<string>();
  for (const name of all) {
    // DuckDB doesn't tell a column from one that differs in case.
    const folded = name.toLowerCase();
    if (seen.has(folded)) {
      throw refusedQuery(
        query,
        `two columns of its result are called ${name}`,
        `Name one of them: … AS ${name}_2.`,
        name,
      );
    }
    seen.add(folded);
  }
  checkDeclared(types, names, query);
}

async function resultColumns(
  { duckdb, connection }: ConfinedDatabase,
  { types, query }: WarehouseQuery,
): Promise<readonly ResultColumn[]> {
  const statement = await duckdb.prepare(connection, `SELECT * FROM ${resultTable}`);
  const count = duckdb.prepared_statement_column_count(statement);
  const columns = Array.from({ length: count }, (_, i) => {
    const logical = duckdb.prepared_statement_column_logical_type(statement, i);
    return resultColumn(duckdb, duckdb.prepared_statement_column_name(statement, i), logical, types, query);
  });
  duckdb.destroy_prepare_sync(statement);
  return columns;
}

/** DuckDB's vectors have so many rows; groups are whole vectors. */
const vectorRows = 2048;
/** DuckDB's own. */
const mostGroupRows = 60 * vectorRows;
const groupBytes = 32 * 2 ** 20;

/** Refuses NULL where it was not declared, and says how many rows make a row group. */
async function measure(
  database: ConfinedDatabase,
  columns: readonly ResultColumn[],
  query: QueryText,
): Promise<number> {
  const counts = columns.map(({ name }) => `count(${identifier(name)})`);
  const bytes = columns.map(bytesOf).join(' + ');
  const numbers = ['count(*)', `coalesce(sum(${bytes}), 0)`, ...counts].map((number) => `CAST(${number} AS DOUBLE)`);
  const statement = `SELECT ${numbers.join(', ')} FROM ${resultTable}`;
  const values = await fetchAll(
    database.duckdb,
    await database.duckdb.query(database.connection, statement),
    numbers.map(() => 'double'),
  );
  const [rows = 0, total = 0, ...present] = values.map((column) => Number(column[0]));
  for (const [i, { name, required }] of columns.entries()) {
    const missing = rows - (present[i] ?? 0);
    if (!required || missing === 0) continue;
    const hint = `Declare it with a question mark where NULL is right: ${name}: '…?'. Or leave such rows out in the query.`;
    throw refusedQuery(query, `column ${name} is NULL in ${missing} of ${rows} rows`, hint, name);
  }
  const fitting = Math.floor(groupBytes / Math.max(1, total / Math.max(1, rows)) / vectorRows) * vectorRows;
  return Math.min(mostGroupRows, Math.max(vectorRows, fitting));
}

/** About what a value takes, in bytes. */
function bytesOf({ name, type }: ResultColumn): string {
  const column = identifier(name);
  if (type === 'BLOB') return `coalesce(octet_length(${column}), 0)`;
  if (type === 'VARCHAR') return `coalesce(strlen(${column}), 0)`;
  return ['LIST', 'ARRAY', 'STRUCT', 'MAP'].includes(type) ? `coalesce(strlen(CAST(${column} AS VARCHAR)), 0)` : '8';
}

/** Executes a statement that begins with words of ours and goes on with the query, on the same line: DuckDB's lines are the query's. */
async function execute(
  { duckdb, connection }: ConfinedDatabase,
  sql: string,
  asked: WarehouseQuery,
  kinds: readonly VectorKind[] = [],
): Promise<readonly ColumnValues[]> {
  const statement = await duckdb.prepare(connection, sql);
  try {
    bindParameters(duckdb, statement, asked);
    return await fetchAll(duckdb, await duckdb.execute_prepared(statement), kinds);
  } finally {
    duckdb.destroy_prepare_sync(statement);
  }
}

/** The first columns of a small result. */
async function fetchAll(
  duckdb: DuckDB,
  result: Awaited<ReturnType<DuckDB['query']>>,
  kinds: readonly VectorKind[],
): Promise<readonly ColumnValues[]> {
  const columns = kinds.map((): unknown[] => []);
  for (let chunk = await duckdb.fetch_chunk(result); chunk !== null; chunk = await duckdb.fetch_chunk(result)) {
    const rows = duckdb.data_chunk_get_size(chunk);
    if (rows === 0) break;
    for (const [i, kind] of kinds.entries()) {
      const values = vectorValues(duckdb, duckdb.data_chunk_get_vector(chunk, i), rows, kind);
      columns[i]?.push(...Array.from(values));
    }
  }
  return columns;
}
