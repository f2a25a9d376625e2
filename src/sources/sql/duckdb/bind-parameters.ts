import { nearest } from '../../../core/errors/index.js';
import type { DuckDB } from '../../parquet/duckdb.js';
import type { SqlParameter, SqlParameters } from '../parameters.js';
import type { QueryText } from '../query.js';
import { refusedQuery } from '../refused-query.js';

type PreparedStatement = Awaited<ReturnType<DuckDB['prepare']>>;

/** @throws DatasetsError QUERY_INVALID when the query has a parameter without a value, or there is a value without a parameter. */
export function bindParameters(
  duckdb: DuckDB,
  statement: PreparedStatement,
  parameters: SqlParameters,
  query: QueryText,
): void {
  const wanted = Array.from({ length: duckdb.nparams(statement) }, (_, i) => duckdb.parameter_name(statement, i + 1));
  for (const [i, name] of wanted.entries()) {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw missingValue(query, name, Object.keys(parameters));
    bind(duckdb, statement, i + 1, value);
  }
  const unused = Object.keys(parameters).find((name) => !wanted.includes(name));
  if (unused === undefined) return;
  throw refusedQuery(
    query,
    `has no parameter $${unused}, for which there is a value`,
    'Take it out of `params`.',
    unused,
  );
}

function missingValue(query: QueryText, name: string, given: readonly string[]) {
  if (/^\d+$/.test(name)) {
    return refusedQuery(query, 'has a parameter without a name', 'Name parameters: $since instead of ?.');
  }
  const suggestion = nearest(name, given);
  const question = suggestion === undefined ? '' : `Did you mean $${suggestion}? `;
  return refusedQuery(
    query,
    `the parameter $${name} has no value`,
    `${question}Give it one: params: { ${name}: … }.`,
    name,
  );
}

function bind(duckdb: DuckDB, statement: PreparedStatement, index: number, value: SqlParameter): void {
  if (value === null) duckdb.bind_null(statement, index);
  else if (typeof value === 'boolean') duckdb.bind_boolean(statement, index, value);
  else if (typeof value === 'bigint') duckdb.bind_int64(statement, index, value);
  else if (typeof value === 'string') duckdb.bind_varchar(statement, index, value);
  else if (typeof value !== 'number') bindObject(duckdb, statement, index, value);
  else if (Number.isInteger(value) && !Object.is(value, -0)) duckdb.bind_int64(statement, index, BigInt(value));
  else duckdb.bind_double(statement, index, value);
}

function bindObject(duckdb: DuckDB, statement: PreparedStatement, index: number, value: Date | Uint8Array): void {
  if (value instanceof Uint8Array) duckdb.bind_blob(statement, index, value);
  else duckdb.bind_timestamp(statement, index, { micros: BigInt(value.getTime()) * 1000n });
}
