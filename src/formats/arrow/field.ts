import {
  type ArrowNode,
  type ArrowStruct,
  type ArrowValueType,
  arrowValueType,
  type Leaf,
} from '../../features/index.js';

/** The Arrow types that this package reads; it writes those without `large`. */
export type ArrowType =
  | { readonly kind: 'bool' | 'utf8' | 'binary' | 'largeUtf8' | 'largeBinary' | 'list' | 'largeList' | 'struct' }
  | { readonly kind: 'int'; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: number }
  | { readonly kind: 'fixedSizeList'; readonly length: number }
  /** Any other type: no data set has such columns, sources may. */
  | {
      readonly kind: 'other';
      readonly name: string;
      readonly layout: OtherLayout;
      /** Undefined for the types that nobody reads. */
      readonly foreign?: ForeignType;
    };

export type ArrowTimeUnit = 's' | 'ms' | 'us' | 'ns';

/** The types that sources read besides those of data sets. */
export type ForeignType =
  | { readonly kind: 'null' | 'utf8View' | 'binaryView' | 'map' }
  | { readonly kind: 'fixedSizeBinary'; readonly bytes: number }
  | { readonly kind: 'decimal'; readonly bits: number; readonly scale: number }
  | { readonly kind: 'date'; readonly unit: 'day' | 'ms' }
  | { readonly kind: 'time'; readonly unit: ArrowTimeUnit; readonly bits: number }
  | { readonly kind: 'timestamp' | 'duration'; readonly unit: ArrowTimeUnit }
  /** The column's slots are indices into values that dictionary batches bring. */
  | {
      readonly kind: 'dictionary';
      readonly id: number;
      readonly index: { readonly bits: number; readonly signed: boolean };
      readonly values: Field;
    };

/** How many buffers a type has that is skipped; undefined where this is not known. */
export type OtherLayout = { readonly buffers: number; readonly variadic?: boolean } | undefined;

export interface Field {
  readonly name: string;
  readonly type: ArrowType;
  readonly children: readonly Field[];
  /** Name of the extension type, where the column has one: the type is how it is stored. */
  readonly extension?: string;
}

/** The Arrow fields of a schema. All are nullable and every list's child is `item`, as HF datasets expects. */
export function fieldsOf(root: ArrowStruct, leaves: readonly Leaf[]): readonly Field[] {
  return root.fields.map(({ name, node }) => fieldOf(name, node, leaves));
}

function fieldOf(name: string, node: ArrowNode, leaves: readonly Leaf[]): Field {
  switch (node.kind) {
    case 'struct':
      return { name, type: { kind: 'struct' }, children: fieldsOf(node, leaves) };
    case 'list':
      return listField(name, node.length, fieldOf('item', node.item, leaves));
    case 'optional':
      return fieldOf(name, node.item, leaves);
    case 'media':
      return { name, type: { kind: 'struct' }, children: [leafField('bytes', 'binary'), leafField('path', 'utf8')] };
    case 'values':
      return tensorField(name, leaves[node.leaf] as Leaf);
  }
}

function tensorField(name: string, leaf: Leaf): Field {
  const [first, ...inner] = leaf.shape;
  if (first === undefined) return leafField(name, arrowValueType(leaf));
  return listField(name, first, tensorField('item', { ...leaf, shape: inner }));
}

function listField(name: string, length: number | null, item: Field): Field {
  return { name, type: length === null ? { kind: 'list' } : { kind: 'fixedSizeList', length }, children: [item] };
}

function leafField(name: string, type: ArrowValueType): Field {
  return { name, type: valueTypes[type], children: [] };
}

export const valueTypes: Readonly<Record<ArrowValueType, ArrowType>> = {
  bool: { kind: 'bool' },
  int8: { kind: 'int', bits: 8, signed: true },
  int16: { kind: 'int', bits: 16, signed: true },
  int32: { kind: 'int', bits: 32, signed: true },
  int64: { kind: 'int', bits: 64, signed: true },
  uint8: { kind: 'int', bits: 8, signed: false },
  uint16: { kind: 'int', bits: 16, signed: false },
  uint32: { kind: 'int', bits: 32, signed: false },
  uint64: { kind: 'int', bits: 64, signed: false },
  float16: { kind: 'float', bits: 16 },
  float32: { kind: 'float', bits: 32 },
  float64: { kind: 'float', bits: 64 },
  utf8: { kind: 'utf8' },
  binary: { kind: 'binary' },
};

/** A type as pyarrow writes it, for messages. */
export function typeName(field: Field): string {
  const { type, children } = field;
  switch (type.kind) {
    case 'int':
      return `${type.signed ? '' : 'u'}int${type.bits}`;
    case 'float':
      return `float${type.bits}`;
    case 'list':
    case 'largeList':
      return `list<${children.map(typeName).join()}>`;
    case 'fixedSizeList':
      return `fixed_size_list<${children.map(typeName).join()}>[${type.length}]`;
    case 'struct':
      return `struct<${children.map((child) => `${child.name}: ${typeName(child)}`).join(', ')}>`;
    case 'other':
      return type.name;
    default:
      return type.kind;
  }
}
