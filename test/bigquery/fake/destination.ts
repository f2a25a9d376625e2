import type { InsertJob } from './requests.js';
import type { TableReference } from './tables.js';

/** Where a query writes its result. */
export interface Destination {
  readonly table: TableReference;
  readonly disposition: 'WRITE_TRUNCATE' | 'WRITE_APPEND' | 'WRITE_EMPTY';
  /** Milliseconds since 1970. */
  readonly expirationTime?: string;
  readonly statementType: 'SELECT' | 'CREATE_TABLE_AS_SELECT';
}

const createTable =
  /^CREATE TABLE `([^`]+)\.(\w+)\.(\w+)`(?: OPTIONS ?\(expiration_timestamp ?= ?TIMESTAMP '(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00)'\))? AS\s/;

/** A destination table of the job's configuration, or that of a `CREATE TABLE … AS`; undefined for a query whose result goes into a table without a name. */
export function destinationOf({ configuration }: InsertJob): Destination | undefined {
  const { destinationTable, query, writeDisposition } = configuration.query;
  const [created, projectId = '', datasetId = '', tableId = '', expires] = createTable.exec(query) ?? [];
  if (created !== undefined) {
    const table = { projectId, datasetId, tableId };
    const statement = { table, disposition: 'WRITE_EMPTY', statementType: 'CREATE_TABLE_AS_SELECT' } as const;
    return expires === undefined ? statement : { ...statement, expirationTime: String(Date.parse(expires)) };
  }
  if (destinationTable === undefined) return undefined;
  return { table: destinationTable, disposition: writeDisposition ?? 'WRITE_EMPTY', statementType: 'SELECT' };
}
