import type { SourceFile } from '../files/resolve-files.js';
import { malformedFile } from '../malformed.js';
import type { DeclaredField } from './field-counter.js';

/**
 * The columns that files of one format declare.
 *
 * @throws DatasetsError SOURCE_MALFORMED where one file has other columns than the first, or another type for one
 */
export async function declaredFields(
  files: readonly SourceFile[],
  fieldsOf: (file: SourceFile) => Promise<readonly DeclaredField[]>,
): Promise<readonly DeclaredField[]> {
  const [first, ...others] = files;
  if (first === undefined) return [];
  const fields = await fieldsOf(first);
  for (const file of others) refuseOther(first, fields, file, await fieldsOf(file));
  return fields;
}

function refuseOther(
  first: SourceFile,
  fields: readonly DeclaredField[],
  file: SourceFile,
  others: readonly DeclaredField[],
): void {
  const byName = new Map(others.map((field) => [field.name, JSON.stringify(field.type)]));
  const different = fields.find((field) => byName.get(field.name) !== JSON.stringify(field.type));
  const name = different?.name ?? others.find((field) => !fields.some((known) => known.name === field.name))?.name;
  if (name === undefined) return;
  throw malformedFile(file.name, `column ${JSON.stringify(name)} is another one in ${first.name}, or is not there`, {
    hint: 'Files that are read together have the same columns of the same types.',
  });
}
