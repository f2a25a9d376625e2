import type { SchemaElement, SchemaTree } from 'hyparquet';
import { DatasetsError } from '../../core/errors/index.js';
import type { ColumnType, LeafType } from '../columnar/column-type.js';
import type { SourceFile } from '../files/resolve-files.js';
import { columnTypeOf } from '../parquet/column-type.js';
import { openParquet } from '../parquet/open-file.js';
import type { SourceContext } from '../source.js';
import { declaredFields } from './declared-fields.js';
import type { DeclaredField, DeclaredType } from './field-counter.js';

/** The columns that Parquet files declare; those that are not read come as unsupported. */
export function parquetFields(files: readonly SourceFile[], context: SourceContext): Promise<readonly DeclaredField[]> {
  return declaredFields(files, (file) => fieldsOf(file, context));
}

async function fieldsOf(file: SourceFile, context: SourceContext): Promise<readonly DeclaredField[]> {
  const { parquetSchema } = await import('hyparquet');
  const opened = await openParquet(file.location, file.bytes, context);
  await opened.close();
  return parquetSchema(opened.metadata).children.map((tree) => ({
    name: tree.element.name,
    type: columnType(tree, file.name),
  }));
}

function columnType(tree: SchemaTree, file: string): DeclaredType {
  try {
    return declaredType(columnTypeOf(tree, file), tree);
  } catch (error) {
    if (!(error instanceof DatasetsError) || error.code !== 'UNSUPPORTED') throw error;
    return { kind: 'leaf', type: { kind: 'unsupported', reason: error.message } };
  }
}

function declaredType(type: ColumnType, tree: SchemaTree): DeclaredType {
  switch (type.kind) {
    case 'leaf':
      return leafType(type.leaf, tree.element);
    case 'list':
      // `columnTypeOf` has checked the three levels.
      return { kind: 'list', element: declaredType(type.element, childOf(childOf(tree, 0), 0)) };
    case 'struct':
      return {
        kind: 'struct',
        fields: type.fields.map((field, index) => ({
          name: field.name,
          type: declaredType(field.type, childOf(tree, index)),
        })),
      };
  }
}

function childOf(tree: SchemaTree, index: number): SchemaTree {
  return tree.children[index] ?? tree;
}

function leafType(leaf: LeafType, element: SchemaElement): DeclaredType {
  switch (leaf.kind) {
    case 'boolean':
      return { kind: 'leaf', type: { kind: 'bool' } };
    case 'number':
      return element.type === 'INT32'
        ? { kind: 'leaf', type: { kind: 'int64' }, dtype: integerDtype(element) }
        : { kind: 'leaf', type: { kind: 'float64' }, dtype: element.type === 'FLOAT' ? 'float32' : 'float64' };
    case 'float16':
      return { kind: 'leaf', type: { kind: 'float64' }, dtype: 'float16' };
    case 'int64':
    case 'uint64':
      return { kind: 'leaf', type: { kind: leaf.kind }, dtype: leaf.kind };
    case 'time':
      return { kind: 'leaf', type: { kind: 'int64' }, dtype: 'int64' };
    case 'timestamp':
      return { kind: 'leaf', type: { kind: 'timestamp', unit: leaf.unit } };
    case 'date':
    case 'bytes':
      return { kind: 'leaf', type: { kind: leaf.kind } };
    case 'decimal':
      return { kind: 'leaf', type: { kind: 'string' }, dtype: 'decimal' };
    case 'text':
    case 'uuid':
      return { kind: 'leaf', type: { kind: 'string' } };
  }
}

function integerDtype({ logical_type: logical, converted_type: converted }: SchemaElement): string {
  if (logical?.type === 'INTEGER') return `${logical.isSigned ? '' : 'u'}int${logical.bitWidth}`;
  const match = /^(U?)INT_(8|16|32)$/.exec(converted ?? '');
  return match === null ? 'int32' : `${match[1] === 'U' ? 'u' : ''}int${match[2]}`;
}
