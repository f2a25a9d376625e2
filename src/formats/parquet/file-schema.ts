import type { SchemaElement, SchemaTree } from 'hyparquet';
import type { ArrowType, Field } from '../arrow/field.js';
import type { PhysicalType } from './parquet-format.js';

/** A field of a file as it lies in Parquet, whoever wrote it. */
export interface FileNode {
  /** What it is in Arrow; the children are those of `children`. */
  readonly field: Field;
  readonly children: readonly FileNode[];
  /** Definition level from which there is a slot for it, and from which it is not null. */
  readonly slotDefinition: number;
  readonly definition: number;
  /** Entries of at most this repetition level begin a slot. */
  readonly repetition: number;
  /** There where it is a leaf. */
  readonly leaf: FileLeaf | undefined;
}

/** A column of a file. */
export interface FileLeaf {
  /** Names from the root, joined with dots. */
  readonly path: string;
  readonly physicalType: PhysicalType | undefined;
  /** Bytes of a fixed-length value. */
  readonly typeBytes: number;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

/** The fields of a file, by its schema. Types that have no counterpart in Arrow's as they are read here become `other`. */
export function fileNodesOf(root: SchemaTree): readonly FileNode[] {
  return root.children.map((tree) => nodeOf(tree, tree.element.name, { slot: 0, definition: 0, repetition: 0 }));
}

interface Levels {
  readonly slot: number;
  readonly definition: number;
  readonly repetition: number;
}

function nodeOf(tree: SchemaTree, name: string, { slot, definition: above, repetition }: Levels): FileNode {
  const { element, children } = tree;
  const definition = above + (element.repetition_type === 'REQUIRED' ? 0 : 1);
  const levels = { slotDefinition: slot, definition, repetition };
  if (children.length === 0) return leafNode(tree, name, levels);
  const item = listItem(tree);
  if (item !== undefined) {
    const below = { slot: definition + 1, definition: definition + 1, repetition: repetition + 1 };
    const child = nodeOf(item, 'item', below);
    return {
      field: { name, type: { kind: 'list' }, children: [child.field] },
      children: [child],
      ...levels,
      leaf: undefined,
    };
  }
  const fields = children.map((child) => nodeOf(child, child.element.name, { slot, definition, repetition }));
  // Maps, and lists in notations older than three levels.
  const isStruct = !isAnnotated(element) && children.every((child) => child.element.repetition_type !== 'REPEATED');
  const type: ArrowType = isStruct ? { kind: 'struct' } : { kind: 'other', name: 'group', layout: undefined };
  return {
    field: { name, type, children: fields.map(({ field }) => field) },
    children: fields,
    ...levels,
    leaf: undefined,
  };
}

/** The element of `<list> group (LIST) { repeated group list { element } }`. */
function listItem({ element, children }: SchemaTree): SchemaTree | undefined {
  if (element.converted_type !== 'LIST' && element.logical_type?.type !== 'LIST') return undefined;
  const [repeated, ...others] = children;
  if (repeated?.element.repetition_type !== 'REPEATED' || others.length > 0) return undefined;
  return repeated.children.length === 1 ? repeated.children[0] : undefined;
}

function isAnnotated(element: SchemaElement): boolean {
  return element.converted_type !== undefined || element.logical_type !== undefined;
}

function leafNode(tree: SchemaTree, name: string, levels: Omit<FileNode, 'field' | 'children' | 'leaf'>): FileNode {
  const { element, path } = tree;
  const type = element.repetition_type === 'REPEATED' ? other(element) : leafType(element);
  return {
    field: { name, type, children: [] },
    children: [],
    ...levels,
    leaf: {
      path: path.join('.'),
      physicalType: physicalTypeNames[element.type ?? ''],
      typeBytes: element.type_length ?? 0,
      maxDefinition: levels.definition,
      maxRepetition: levels.repetition,
    },
  };
}

const physicalTypeNames: Readonly<Record<string, PhysicalType>> = {
  BOOLEAN: 'boolean',
  INT32: 'int32',
  INT64: 'int64',
  FLOAT: 'float',
  DOUBLE: 'double',
  BYTE_ARRAY: 'byteArray',
  FIXED_LEN_BYTE_ARRAY: 'fixedLengthByteArray',
};

const convertedIntegers: Readonly<Record<string, readonly [bits: number, signed: boolean]>> = {
  INT_8: [8, true],
  INT_16: [16, true],
  INT_32: [32, true],
  INT_64: [64, true],
  UINT_8: [8, false],
  UINT_16: [16, false],
  UINT_32: [32, false],
  UINT_64: [64, false],
};

/** The Arrow type of a leaf: by its logical type, else by the older converted type. */
function leafType(element: SchemaElement): ArrowType {
  const { type, logical_type: logical, converted_type: converted } = element;
  const [bits, signed] =
    logical?.type === 'INTEGER' ? [logical.bitWidth, logical.isSigned] : (convertedIntegers[converted ?? ''] ?? []);
  if (bits !== undefined && signed !== undefined) return { kind: 'int', bits, signed };
  if (logical?.type === 'FLOAT16' && element.type_length === 2) return { kind: 'float', bits: 16 };
  if (type === 'BYTE_ARRAY') {
    if (logical?.type === 'STRING' || converted === 'UTF8') return { kind: 'utf8' };
    if (!isAnnotated(element)) return { kind: 'binary' };
  }
  if (isAnnotated(element)) return other(element);
  switch (type) {
    case 'BOOLEAN':
      return { kind: 'bool' };
    case 'INT32':
      return { kind: 'int', bits: 32, signed: true };
    case 'INT64':
      return { kind: 'int', bits: 64, signed: true };
    case 'FLOAT':
      return { kind: 'float', bits: 32 };
    case 'DOUBLE':
      return { kind: 'float', bits: 64 };
    default:
      return other(element);
  }
}

function other({ type, logical_type: logical, converted_type: converted }: SchemaElement): ArrowType {
  return { kind: 'other', name: logical?.type ?? converted ?? type ?? 'unknown', layout: undefined };
}
