import type { DuckDB } from '../../parquet/duckdb.js';
import { identifier } from '../../parquet/duckdb-text.js';
import type { QueryText } from '../query.js';
import { refusedQuery } from '../refused-query.js';
import { baseOf, type SqlBaseType, type SqlTypes } from '../sql-types.js';

type LogicalType = ReturnType<DuckDB['prepared_statement_column_logical_type']>;

/** A column of a result, and how it is written to the staged file. */
export interface ResultColumn {
  readonly name: string;
  /** DuckDB's name of the type, without its parameters. */
  readonly type: string;
  /** The expression to stage, in terms of the column. */
  readonly staged: string;
  /** Whether it is staged as the text of an integer: Parquet has none of more than 64 bits. */
  readonly integerText: boolean;
  /** Declared without `?`. */
  readonly required: boolean;
}

/** Types that Parquet holds, and gives back, exactly. */
const exact: ReadonlySet<string> = new Set([
  ...['BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'],
  ...[
    'FLOAT',
    'DOUBLE',
    'DECIMAL',
    'VARCHAR',
    'ENUM',
    'UUID',
    'BLOB',
    'DATE',
    'TIME',
    'TIMESTAMP',
    'TIMESTAMP_TZ',
    'TIMESTAMP_NS',
  ],
]);

const hugeIntegers: ReadonlySet<string> = new Set(['HUGEINT', 'UHUGEINT', 'BIGNUM']);

/**
 * Checks a column of a result, and says how to stage it.
 *
 * @throws DatasetsError QUERY_INVALID for a type that has no exact value here, or another one than was declared
 */
export function resultColumn(
  duckdb: DuckDB,
  name: string,
  logical: LogicalType,
  types: SqlTypes,
  query: QueryText,
): ResultColumn {
  const type = typeName(duckdb, logical);
  const column = identifier(name);
  const declared = Object.hasOwn(types, name) ? types[name] : undefined;
  if (declared !== undefined) {
    const { base, optional } = baseOf(declared);
    const staged = declaredExpression(base, type, column);
    if (staged === undefined) throw otherType(query, name, type, declared);
    return { name, type, staged, integerText: false, required: !optional };
  }
  if (hugeIntegers.has(type)) {
    return { name, type, staged: `CAST(${column} AS VARCHAR)`, integerText: true, required: false };
  }
  const unsupported = unsupportedType(duckdb, logical, true);
  if (unsupported !== undefined) throw unreadableType(query, name, unsupported);
  return { name, type, staged: plainExpression(type, column), integerText: false, required: false };
}

function plainExpression(type: string, column: string): string {
  if (type === 'MAP') return `map_entries(${column})`;
  // One unit for all: Parquet has no seconds.
  if (type === 'TIMESTAMP_S' || type === 'TIMESTAMP_MS') return `CAST(${column} AS TIMESTAMP)`;
  return column;
}

const integerTypes: Readonly<Partial<Record<SqlBaseType, string>>> = {
  int8: 'TINYINT',
  int16: 'SMALLINT',
  int32: 'INTEGER',
  int64: 'BIGINT',
  uint8: 'UTINYINT',
  uint16: 'USMALLINT',
  uint32: 'UINTEGER',
  uint64: 'UBIGINT',
};

/** Undefined where the type is another one. Integers of another width are cast: one that doesn't fit fails. */
function declaredExpression(base: SqlBaseType, type: string, column: string): string | undefined {
  const integer = integerTypes[base];
  if (integer !== undefined) return /INT$/.test(type) || isInteger(type) ? `CAST(${column} AS ${integer})` : undefined;
  switch (base) {
    case 'bool':
      return type === 'BOOLEAN' ? column : undefined;
    case 'string':
      return type === 'VARCHAR' || type === 'ENUM' || type === 'UUID' ? column : undefined;
    case 'float32':
      return type === 'FLOAT' ? column : undefined;
    case 'float64':
      return type === 'FLOAT' || type === 'DOUBLE' ? `CAST(${column} AS DOUBLE)` : undefined;
    case 'decimal':
      return type === 'DECIMAL' ? column : undefined;
    case 'date':
      return type === 'DATE' ? column : undefined;
    case 'time':
      return type === 'TIME' ? column : undefined;
    case 'timestamp':
      return type.startsWith('TIMESTAMP') ? plainExpression(type, column) : undefined;
    case 'bytes':
      return type === 'BLOB' ? column : undefined;
    default:
      return undefined;
  }
}

function isInteger(type: string): boolean {
  return type === 'INTEGER' || type === 'UINTEGER' || hugeIntegers.has(type);
}

/** The first type in a type that is not staged exactly. */
function unsupportedType(duckdb: DuckDB, logical: LogicalType, isColumn: boolean): string | undefined {
  const type = typeName(duckdb, logical);
  switch (type) {
    case 'LIST':
      return unsupportedType(duckdb, duckdb.list_type_child_type(logical), false);
    case 'ARRAY':
      return unsupportedType(duckdb, duckdb.array_type_child_type(logical), false);
    case 'MAP': {
      if (!isColumn) return type;
      const key = unsupportedType(duckdb, duckdb.map_type_key_type(logical), false);
      return key ?? unsupportedType(duckdb, duckdb.map_type_value_type(logical), false);
    }
    case 'STRUCT':
      for (let i = 0; i < duckdb.struct_type_child_count(logical); i++) {
        const child = unsupportedType(duckdb, duckdb.struct_type_child_type(logical, i), false);
        if (child !== undefined) return child;
      }
      return undefined;
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
      return isColumn ? undefined : type;
    default:
      return exact.has(type) ? undefined : type;
  }
}

function typeName(duckdb: DuckDB, logical: LogicalType): string {
  return duckdb.Type[duckdb.get_type_id(logical)] ?? 'unknown';
}

/** What to cast a type to that is not read. */
const casts: Readonly<Record<string, string>> = {
  HUGEINT: 'BIGINT, DECIMAL(38, 0) or VARCHAR',
  UHUGEINT: 'UBIGINT, DECIMAL(38, 0) or VARCHAR',
  BIGNUM: 'VARCHAR',
  INTERVAL: 'VARCHAR, or take epoch(…) of it',
  TIMESTAMP_S: 'TIMESTAMP',
  TIMESTAMP_MS: 'TIMESTAMP',
  MAP: 'a list: map_entries(…)',
};

function unreadableType(query: QueryText, name: string, type: string) {
  return refusedQuery(
    query,
    `column ${name} holds ${type}, which has no exact value here`,
    `Cast it in the query: to ${casts[type] ?? 'VARCHAR'}.`,
    name,
  );
}

function otherType(query: QueryText, name: string, type: string, declared: string) {
  return refusedQuery(
    query,
    `column ${name} is ${type}, and is declared ${declared}`,
    'Cast it in the query, or declare what it is.',
    name,
  );
}
