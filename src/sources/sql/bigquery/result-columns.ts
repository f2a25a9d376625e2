import { checkDeclared } from '../declared-columns.js';
import type { QueryText } from '../query.js';
import { refusedQuery } from '../refused-query.js';
import { columnsOfPart } from '../result-part.js';
import { baseOf, type SqlBaseType, type SqlTypes } from '../sql-types.js';
import type { WarehouseQuery } from '../warehouse.js';
import type { TableField } from './resources.js';

/** BigQuery's types, by the newer of the two names that its API has for some. */
const namesOfTypes: Readonly<Record<string, string>> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
  RECORD: 'STRUCT',
};

/** Types that can be declared. Narrower integers are checked value by value. */
const fitting: Readonly<Record<SqlBaseType, readonly string[]>> = {
  string: ['STRING', 'JSON', 'GEOGRAPHY'],
  bool: ['BOOL'],
  int8: ['INT64'],
  int16: ['INT64'],
  int32: ['INT64'],
  int64: ['INT64'],
  uint8: ['INT64'],
  uint16: ['INT64'],
  uint32: ['INT64'],
  uint64: ['INT64'],
  float32: [],
  float64: ['FLOAT64'],
  decimal: ['NUMERIC', 'BIGNUMERIC'],
  date: ['DATE'],
  time: ['TIME'],
  timestamp: ['TIMESTAMP', 'DATETIME'],
  bytes: ['BYTES'],
};

/** What to do about types that have no counterpart among values. */
const casts: Readonly<Record<string, string>> = {
  INTERVAL: 'Cast it to STRING in the query, or take EXTRACT(…) of it.',
  RANGE: 'Take RANGE_START(…) and RANGE_END(…) of it in the query.',
};

/**
 * Checks the columns of a result that are read, before any row is, against what is declared.
 *
 * @throws DatasetsError QUERY_INVALID
 */
export function checkResult(all: readonly TableField[], { query, types, part }: WarehouseQuery): void {
  const read = new Set(
    columnsOfPart(
      all.map(({ name }) => name),
      part,
      query,
    ),
  );
  checkColumns(
    all.filter(({ name }) => read.has(name)),
    types,
    query,
  );
}

function checkColumns(fields: readonly TableField[], types: SqlTypes, query: QueryText): void {
  const names = fields.map(({ name }) => name);
  checkDeclared(types, names, query);
  for (const field of fields) {
    const declared = Object.hasOwn(types, field.name) ? types[field.name] : undefined;
    const type = typeOf(field);
    if (declared !== undefined && !fitting[baseOf(declared).base].includes(type)) {
      throw otherType(query, field.name, type, declared);
    }
    const unreadable = unreadableType(field);
    const hint = unreadable === undefined ? undefined : (casts[unreadable] ?? 'Cast it to STRING in the query.');
    if (hint !== undefined) {
      throw refusedQuery(
        query,
        `column ${field.name} holds ${unreadable}, which has no exact value here`,
        hint,
        field.name,
      );
    }
  }
}

function otherType(query: QueryText, name: string, type: string, declared: string) {
  const hint = declared.startsWith('float32')
    ? "BigQuery's floats have 64 bits: declare float64. A feature of dtype float32 rounds them."
    : 'Cast it in the query, or declare what it is.';
  return refusedQuery(query, `column ${name} is ${type}, and is declared ${declared}`, hint, name);
}

function typeOf({ type, mode }: TableField): string {
  const name = namesOfTypes[type] ?? type;
  return mode === 'REPEATED' ? `ARRAY<${name}>` : name;
}

const readable: ReadonlySet<string> = new Set(['STRUCT', ...Object.values(fitting).flat()]);

/** The first type in a column that is not read. */
function unreadableType({ type, fields }: TableField): string | undefined {
  const name = namesOfTypes[type] ?? type;
  if (!readable.has(name)) return name;
  return fields?.map(unreadableType).find((inner) => inner !== undefined);
}
