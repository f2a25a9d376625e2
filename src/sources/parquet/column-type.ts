import type { SchemaElement, SchemaTree } from 'hyparquet';
import { DatasetsError } from '../../core/errors/index.js';
import type { ColumnType, LeafType } from '../columnar/column-type.js';

/**
 * The type of a column, from its part of the file's schema.
 *
 * @throws DatasetsError UNSUPPORTED for what has no exact counterpart among values: maps, intervals, BSON, variants, lists in notations older than the Parquet
 * specification's three levels
 */
export function columnTypeOf(tree: SchemaTree, file: string): ColumnType {
  const { element, children } = tree;
  if (children.length === 0) return { kind: 'leaf', leaf: leafTypeOf(element, tree, file) };
  if (element.converted_type === 'LIST' || element.logical_type?.type === 'LIST') return listType(tree, file);
  const isMap = element.converted_type === 'MAP' || element.converted_type === 'MAP_KEY_VALUE';
  if (isMap || element.logical_type?.type === 'MAP') return unsupported(tree, 'a map', file);
  if (element.logical_type !== undefined) return unsupported(tree, `of type ${element.logical_type.type}`, file);
  if (element.repetition_type === 'REPEATED') return unsupported(tree, 'a repeated group outside a list', file);
  const fields = children.map((child) => {
    if (child.element.name === '__proto__') unsupported(child, 'a field called __proto__', file);
    return { name: child.element.name, type: columnTypeOf(child, file) };
  });
  return { kind: 'struct', fields };
}

/** `<list> group (LIST) { repeated group list { element } }`, LogicalTypes.md of the Parquet format. */
function listType(tree: SchemaTree, file: string): ColumnType {
  const [repeated, ...others] = tree.children;
  const [element, ...more] = repeated?.children ?? [];
  if (
    repeated?.element.repetition_type !== 'REPEATED' ||
    others.length > 0 ||
    element === undefined ||
    more.length > 0
  ) {
    return unsupported(tree, 'a list in an old notation', file);
  }
  return { kind: 'list', element: columnTypeOf(element, file) };
}

function leafTypeOf(element: SchemaElement, tree: SchemaTree, file: string): LeafType {
  if (element.repetition_type === 'REPEATED') return unsupported(tree, 'a repeated field outside a list', file);
  return annotatedType(element, tree, file) ?? physicalType(element, tree, file);
}

/** By the logical type, else by the older converted type that stands for the same. */
function annotatedType(element: SchemaElement, tree: SchemaTree, file: string): LeafType | undefined {
  const { logical_type: logical, converted_type: converted } = element;
  switch (logical?.type) {
    case 'STRING':
    case 'ENUM':
    case 'JSON':
      return { kind: 'text' };
    case 'UUID':
      return { kind: 'uuid' };
    case 'FLOAT16':
      return { kind: 'float16' };
    case 'DATE':
      return { kind: 'date' };
    case 'TIME':
      return { kind: 'time', unit: timeUnits[logical.unit] };
    case 'TIMESTAMP':
      return { kind: 'timestamp', unit: timeUnits[logical.unit] };
    case 'DECIMAL':
      return { kind: 'decimal', scale: logical.scale };
    case 'INTEGER':
      if (logical.bitWidth < 64) return { kind: 'number' };
      return { kind: logical.isSigned ? 'int64' : 'uint64' };
    case 'BSON':
    case 'INTERVAL':
    case 'VARIANT':
      return unsupported(tree, `of type ${logical.type}`, file);
    case 'GEOMETRY':
    case 'GEOGRAPHY':
      return { kind: 'bytes' };
  }
  switch (converted) {
    case 'UTF8':
    case 'ENUM':
    case 'JSON':
      return { kind: 'text' };
    case 'DATE':
      return { kind: 'date' };
    case 'TIME_MILLIS':
      return { kind: 'time', unit: 'ms' };
    case 'TIME_MICROS':
      return { kind: 'time', unit: 'us' };
    case 'TIMESTAMP_MILLIS':
      return { kind: 'timestamp', unit: 'ms' };
    case 'TIMESTAMP_MICROS':
      return { kind: 'timestamp', unit: 'us' };
    case 'DECIMAL':
      return { kind: 'decimal', scale: element.scale ?? 0 };
    case 'UINT_64':
      return { kind: 'uint64' };
    case 'BSON':
    case 'INTERVAL':
      return unsupported(tree, `of type ${converted}`, file);
  }
  return undefined;
}

const timeUnits = { MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' } as const;

function physicalType(element: SchemaElement, tree: SchemaTree, file: string): LeafType {
  switch (element.type) {
    case 'BOOLEAN':
      return { kind: 'boolean' };
    case 'INT32':
    case 'FLOAT':
    case 'DOUBLE':
      return { kind: 'number' };
    case 'INT64':
      return { kind: 'int64' };
    case 'INT96':
      // Only ever used for timestamps, by Impala and old Spark.
      return { kind: 'timestamp', unit: 'ns' };
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return { kind: 'bytes' };
    case undefined:
      break;
  }
  return unsupported(tree, 'without a type', file);
}

function unsupported(tree: SchemaTree, what: string, file: string): never {
  const column = tree.path.join('.');
  throw new DatasetsError('UNSUPPORTED', `${file}: column ${column} is ${what}, which is not read`, {
    hint: 'Name the columns that you need with { columns: [...] }, or write the file with another type.',
    at: { file, field: column },
  });
}
