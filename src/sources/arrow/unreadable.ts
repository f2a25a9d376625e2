import { DatasetsError } from '../../core/errors/index.js';
import { type Field, type IpcReader, typeName } from '../../formats/index.js';

/**
 * Refuses a column of a type that has no exact counterpart among values: unions, intervals, runs, list views.
 *
 * @throws DatasetsError UNSUPPORTED
 */
export function requireReadable(field: Field, file: string): void {
  const wrong = firstUnreadable(field, field.name);
  if (wrong === undefined) return;
  throw new DatasetsError('UNSUPPORTED', `${file}: column ${wrong.path} is of type ${wrong.type}, which is not read`, {
    hint: 'Name the columns that you need with { columns: [...] }, or write the file with another type.',
    at: { file, field: wrong.path },
  });
}

/**
 * Refuses columns behind one whose size isn't known.
 *
 * @throws DatasetsError UNSUPPORTED
 */
export function requireFound({ fields, firstUnknown }: IpcReader, columns: readonly number[], file: string): void {
  const lost = columns.find((column) => firstUnknown !== undefined && column > firstUnknown);
  if (lost === undefined || firstUnknown === undefined) return;
  const [column, unknown] = [fields[lost]?.name ?? '', fields[firstUnknown]];
  const type = unknown === undefined ? '' : `${unknown.name} of type ${typeName(unknown)}`;
  throw new DatasetsError('UNSUPPORTED', `${file}: column ${column} lies behind ${type}, whose size isn't known`, {
    hint: 'Write the file without that column, or with it as the last.',
    at: { file, field: column },
  });
}

function firstUnreadable(field: Field, path: string): { readonly path: string; readonly type: string } | undefined {
  const { type } = field;
  if (type.kind === 'other' && type.foreign === undefined) return { path, type: typeName(field) };
  if (type.kind === 'other' && type.foreign?.kind === 'dictionary') return firstUnreadable(type.foreign.values, path);
  for (const child of field.children) {
    const wrong = firstUnreadable(child, `${path}.${child.name}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
