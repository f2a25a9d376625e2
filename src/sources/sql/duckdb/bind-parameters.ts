import { nearest } from '../../../core/errors/index.js';
import type { DuckDB } from '../../parquet/duckdb.js';
import type { SqlParameter } from '../parameters.js';
import { missingPeriodHint } from '../period-parameters.js';
import { refusedQuery } from '../refused-query.js';
import { typedValue } from '../typed-value.js';
import type { WarehouseQuery } from '../warehouse.js';
import { valueOfParameter } from './parameter-value.js';

type PreparedStatement = Awaited<ReturnType<DuckDB['prepare']>>;

/** @throws DatasetsError QUERY_INVALID when the query has a parameter without a value, or there is a value without a parameter. */
export function bindParameters(
  duckdb: DuckDB,
  statement: PreparedStatement,
  { query, parameters, offered }: Pick<WarehouseQuery, 'query' | 'parameters' | 'offered'>,
): void {
  const values = { ...offered, ...parameters };
  const wanted = Array.from({ length: duckdb.nparams(statement) }, (_, i) => duckdb.parameter_name(statement, i + 1));
  for (const [i, name] of wanted.entries()) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw missingValue(query, name, Object.keys(values));
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

function missingValue(query: WarehouseQuery['query'], name: string, given: readonly string[]) {
  if (/^\d+$/.test(name)) {
    return refusedQuery(query, 'has a parameter without a name', 'Name parameters: $since instead of ?.');
  }
  const suggestion = nearest(name, given);
  const question = suggestion === undefined ? '' : `Did you mean $${suggestion}? `;
  const hint = missingPeriodHint(name, '$') ?? `${question}Give it one: params: { ${name}: … }.`;
  return refusedQuery(query, `the parameter $${name} has no value`, hint, name);
}

/** What says no type itself takes that of its place: NULL, and texts. */
function bind(duckdb: DuckDB, statement: PreparedStatement, index: number, parameter: SqlParameter): void {
  const typed = typedValue(parameter);
  if ('value' in typed && typed.value === null) duckdb.bind_null(statement, index);
  else if (typed.kind === 'string') duckdb.bind_varchar(statement, index, String(typed.value));
  else duckdb.bind_value(statement, index, valueOfParameter(duckdb, typed).value);
}
