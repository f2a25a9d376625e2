import { DatasetsError } from '../../core/errors/index.js';
import { type Field, typeName } from '../arrow/field.js';
import { type PhysicalType, physicalTypes, repetitions } from './parquet-format.js';
import { type ThriftField, type ThriftValue, thrift } from './thrift-writer.js';

/** A column of a Parquet file: one leaf of the tree of its fields. */
export interface ParquetColumn {
  /** Names from the root to the leaf, with those that lists have in Parquet. */
  readonly path: readonly string[];
  /** Index of the field at each level of the Arrow fields, from the root to the leaf. */
  readonly steps: readonly number[];
  /** The leaf's own field. */
  readonly field: Field;
  readonly physicalType: PhysicalType;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

export interface ParquetSchema {
  /** `SchemaElement`s, parents before children. */
  readonly elements: readonly ThriftValue[];
  readonly columns: readonly ParquetColumn[];
}

/** Levels are kept in a byte, whose highest value has another meaning in `shred`. */
const mostLevels = 250;

/**
 * The Parquet schema of some Arrow fields, as pyarrow lays them out: every field is optional, a list (of fixed size or not) is a group of three levels
 * (LogicalTypes.md, "Lists") and integers below 32 bits are annotated int32.
 *
 * @throws DatasetsError UNSUPPORTED when lists and records nest more than 80 deep.
 */
export function parquetSchemaOf(fields: readonly Field[]): ParquetSchema {
  const elements: ThriftValue[] = [
    // pyarrow and Spark name the root so; nobody reads it.
    thrift.struct([4, thrift.text('schema')], [5, thrift.i32(fields.length)]),
  ];
  const columns: ParquetColumn[] = [];
  const add = (field: Field, name: string, above: Pick<ParquetColumn, 'path' | 'steps'>, levels: Levels): void => {
    const { type, children } = field;
    const path = [...above.path, name];
    const definition = levels.definition + 1;
    if (definition > mostLevels) throw tooDeep(path[0] ?? name);
    if (type.kind === 'struct') {
      elements.push(group(name, children.length));
      for (const [index, child] of children.entries()) {
        add(child, child.name, { path, steps: [...above.steps, index] }, { ...levels, definition });
      }
      return;
    }
    const [item] = children;
    if (item !== undefined) {
      elements.push(group(name, 1, [6, thrift.i32(convertedTypes.list)], [10, thrift.struct([3, thrift.struct()])]));
      elements.push(thrift.struct([3, thrift.i32(repetitions.repeated)], [4, thrift.text('list')], [5, thrift.i32(1)]));
      const below = { path: [...path, 'list'], steps: [...above.steps, 0] };
      add(item, 'element', below, { definition: definition + 1, repetition: levels.repetition + 1 });
      return;
    }
    const { physicalType, annotation } = leafTypeOf(field);
    elements.push(
      thrift.struct(
        [1, thrift.i32(physicalTypes[physicalType])],
        [2, physicalType === 'fixedLengthByteArray' ? thrift.i32(2) : undefined],
        [3, thrift.i32(repetitions.optional)],
        [4, thrift.text(name)],
        ...annotation,
      ),
    );
    const { repetition } = levels;
    columns.push({
      path,
      steps: above.steps,
      field,
      physicalType,
      maxDefinition: definition,
      maxRepetition: repetition,
    });
  };
  for (const [index, field] of fields.entries()) {
    add(field, field.name, { path: [], steps: [index] }, { definition: 0, repetition: 0 });
  }
  return { elements, columns };
}

interface Levels {
  readonly definition: number;
  readonly repetition: number;
}

/** `ConvertedType`, which readers older than logical types go by. */
const convertedTypes = {
  utf8: 0,
  list: 3,
  uint8: 11,
  uint16: 12,
  uint32: 13,
  uint64: 14,
  int8: 15,
  int16: 16,
} as const;

function group(name: string, children: number, ...annotation: readonly ThriftField[]): ThriftValue {
  return thrift.struct(
    [3, thrift.i32(repetitions.optional)],
    [4, thrift.text(name)],
    [5, thrift.i32(children)],
    ...annotation,
  );
}

interface LeafType {
  readonly physicalType: PhysicalType;
  /** `converted_type` and `logicalType`. */
  readonly annotation: readonly ThriftField[];
}

function leafTypeOf(field: Field): LeafType {
  const { type } = field;
  switch (type.kind) {
    case 'bool':
      return { physicalType: 'boolean', annotation: [] };
    case 'utf8':
      return annotated('byteArray', convertedTypes.utf8, [1, thrift.struct()]);
    case 'binary':
      return { physicalType: 'byteArray', annotation: [] };
    case 'float':
      if (type.bits === 16) return annotated('fixedLengthByteArray', undefined, [15, thrift.struct()]);
      return { physicalType: type.bits === 32 ? 'float' : 'double', annotation: [] };
    case 'int': {
      const physicalType = type.bits === 64 ? 'int64' : 'int32';
      const converted = Object.entries(convertedTypes).find(([name]) => name === typeName(field))?.[1];
      if (converted === undefined) return { physicalType, annotation: [] };
      const integer = thrift.struct([1, thrift.i8(type.bits)], [2, thrift.bool(type.signed)]);
      return annotated(physicalType, converted, [10, integer]);
    }
    default:
      throw new DatasetsError('INTERNAL', `no Parquet column of Arrow's type ${typeName(field)} is ever written`);
  }
}

function annotated(physicalType: PhysicalType, converted: number | undefined, logical: ThriftField): LeafType {
  const convertedType = converted === undefined ? undefined : thrift.i32(converted);
  return {
    physicalType,
    annotation: [
      [6, convertedType],
      [10, thrift.struct(logical)],
    ],
  };
}

function tooDeep(name: string): DatasetsError {
  return new DatasetsError('UNSUPPORTED', `'${name}' nests too deep for Parquet`, {
    hint: 'Nest lists and records less than 80 deep, or build without Parquet.',
    at: { field: name },
  });
}
