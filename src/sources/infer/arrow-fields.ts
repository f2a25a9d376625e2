import { DatasetsError } from '../../core/errors/index.js';
import { type Field, type ForeignType, IpcReader } from '../../formats/index.js';
import { rangesOf } from '../arrow/batch-range.js';
import { requireReadable } from '../arrow/unreadable.js';
import { openFile } from '../files/open-file.js';
import type { SourceFile } from '../files/resolve-files.js';
import type { SourceContext } from '../source.js';
import { declaredFields } from './declared-fields.js';
import type { DeclaredField, DeclaredType } from './field-counter.js';
import type { FieldType } from './field-facts.js';

/** The columns that Arrow files and streams declare; those that are not read come as unsupported. */
export function arrowFields(files: readonly SourceFile[], context: SourceContext): Promise<readonly DeclaredField[]> {
  return declaredFields(files, (file) => fieldsOf(file, context));
}

async function fieldsOf(file: SourceFile, context: SourceContext): Promise<readonly DeclaredField[]> {
  const opened = await openFile(file.location, file.bytes, context);
  try {
    const { fields } = await IpcReader.open(rangesOf(opened), file.name);
    return fields.map((field) => ({ name: field.name, type: columnType(field, file.name) }));
  } finally {
    await opened.close();
  }
}

function columnType(field: Field, file: string): DeclaredType {
  try {
    requireReadable(field, file);
    return declaredType(field);
  } catch (error) {
    if (!(error instanceof DatasetsError) || error.code !== 'UNSUPPORTED') throw error;
    return { kind: 'leaf', type: { kind: 'unsupported', reason: error.message } };
  }
}

function declaredType({ type, children, extension }: Field): DeclaredType {
  switch (type.kind) {
    case 'bool':
      return leaf('bool');
    case 'int': {
      const kind = type.bits === 64 && !type.signed ? 'uint64' : 'int64';
      return { ...leaf(kind), dtype: `${type.signed ? '' : 'u'}int${type.bits}` };
    }
    case 'float':
      return { ...leaf('float64'), dtype: `float${type.bits}` };
    case 'utf8':
    case 'largeUtf8':
      return leaf('string');
    case 'binary':
    case 'largeBinary':
      return leaf('bytes');
    case 'list':
    case 'largeList':
    case 'fixedSizeList':
      return listOf(children);
    case 'struct':
      return structOf(children);
    case 'other':
      return type.foreign === undefined ? leaf('null') : foreignType(type.foreign, children, extension);
  }
}

function foreignType(type: ForeignType, children: readonly Field[], extension: string | undefined): DeclaredType {
  switch (type.kind) {
    case 'null':
      return leaf('null');
    case 'utf8View':
      return leaf('string');
    case 'binaryView':
      return leaf('bytes');
    case 'fixedSizeBinary':
      return leaf(extension === 'arrow.uuid' ? 'string' : 'bytes');
    case 'decimal':
      return { ...leaf('string'), dtype: 'decimal' };
    case 'date':
      return leaf('date');
    case 'time':
    case 'duration':
      return { ...leaf('int64'), dtype: 'int64' };
    case 'timestamp':
      return { kind: 'leaf', type: { kind: 'timestamp', unit: type.unit } };
    case 'dictionary':
      return declaredType(type.values);
    case 'map': {
      // Read as a list of `{ key, value }`, whatever the file calls the two.
      const [key, value] = children[0]?.children ?? [];
      if (key === undefined || value === undefined) return leaf('null');
      return {
        kind: 'list',
        element: structOf([
          { ...key, name: 'key' },
          { ...value, name: 'value' },
        ]),
      };
    }
  }
}

function leaf(kind: Exclude<FieldType['kind'], 'timestamp' | 'list' | 'struct' | 'unsupported'>) {
  return { kind: 'leaf', type: { kind } } as const;
}

function listOf([element]: readonly Field[]): DeclaredType {
  return { kind: 'list', element: element === undefined ? leaf('null') : declaredType(element) };
}

function structOf(fields: readonly Field[]): DeclaredType {
  return { kind: 'struct', fields: fields.map((field) => ({ name: field.name, type: declaredType(field) })) };
}
