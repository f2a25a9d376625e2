import { internalError } from '../../../core/errors/index.js';
import type { DuckDB } from '../../parquet/duckdb.js';
import type { TypedScalar, TypedValue } from '../typed-value.js';

export interface DuckDBParameter {
  readonly type: ReturnType<DuckDB['create_logical_type']>;
  readonly value: ReturnType<DuckDB['create_null_value']>;
}

/** A parameter as a value of DuckDB. */
export function valueOfParameter(duckdb: DuckDB, typed: TypedValue): DuckDBParameter {
  switch (typed.kind) {
    case 'array': {
      const { type } = valueOfParameter(duckdb, typed.of);
      const items = typed.items.map((item) => valueOfParameter(duckdb, item).value);
      return { type: duckdb.create_list_type(type), value: duckdb.create_list_value(type, items) };
    }
    case 'struct': {
      const fields = typed.fields.map(([name, field]) => ({ name, ...valueOfParameter(duckdb, field) }));
      const type = duckdb.create_struct_type(
        fields.map((field) => field.type),
        fields.map(({ name }) => name),
      );
      const values = fields.map(({ value }) => value);
      return { type, value: duckdb.create_struct_value(type, values) };
    }
    default:
      return { type: typeOf(duckdb, typed), value: scalar(duckdb, typed) };
  }
}

function typeOf(duckdb: DuckDB, { kind, value }: TypedScalar): DuckDBParameter['type'] {
  if (kind === 'decimal') return duckdb.create_decimal_type(decimalWidth, decimalOf(value).scale);
  const { Type } = duckdb;
  const types = {
    null: Type.SQLNULL,
    string: Type.VARCHAR,
    bool: Type.BOOLEAN,
    int64: Type.BIGINT,
    float64: Type.DOUBLE,
    date: Type.DATE,
    time: Type.TIME,
    timestamp: Type.TIMESTAMP,
    bytes: Type.BLOB,
  };
  return duckdb.create_logical_type(types[kind]);
}

const decimalWidth = 38;

function scalar(duckdb: DuckDB, { kind, value }: TypedScalar): DuckDBParameter['value'] {
  if (value === null) return duckdb.create_null_value();
  switch (kind) {
    case 'bool':
      return duckdb.create_bool(value === true);
    case 'int64':
      return duckdb.create_int64(BigInt(value as bigint));
    case 'float64':
      return duckdb.create_double(Number(value));
    case 'bytes':
      return duckdb.create_blob(value as Uint8Array);
    case 'decimal':
      return duckdb.create_decimal({ width: decimalWidth, ...decimalOf(value) });
    case 'date':
      return duckdb.create_date({ days: Date.parse(String(value)) / 86_400_000 });
    case 'time':
      return duckdb.create_time({ micros: microseconds(`1970-01-01T${String(value)}Z`) });
    case 'timestamp':
      return duckdb.create_timestamp({ micros: microseconds(String(value)) });
    case 'string':
      return duckdb.create_varchar(String(value));
    case 'null':
      throw internalError('a parameter that is NULL has a value');
  }
}

function decimalOf(value: TypedScalar['value']): { readonly scale: number; readonly value: bigint } {
  const [whole = '0', fraction = ''] = String(value ?? 0).split('.');
  return { scale: fraction.length, value: BigInt(whole + fraction) };
}

/** Since 1970, of `2026-01-31T23:59:59.999999Z`: Date has milliseconds alone. */
function microseconds(timestamp: string): bigint {
  const [, seconds = '', fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(timestamp) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}
