import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { DatasetsError } from '../../../core/errors/index.js';
import type { FromOptions } from './infer-dataset.js';

/** How a builder in its folder names files that a person named from the working directory. */
export function placeOf(
  reference: string,
  { cwd, directory, config: { projectDirectory } }: FromOptions,
): { readonly path: string; readonly notes: readonly string[] } {
  if (reference.startsWith('gs://')) return { path: reference, notes: [] };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(reference)) {
    throw new DatasetsError('UNSUPPORTED', `${reference} cannot be read: files are on this machine or on gs://`, {
      hint: 'Download it first; `p.download` does so in a builder.',
      at: { file: reference },
    });
  }
  const path = isAbsolute(reference) ? reference : join(resolve(cwd), reference);
  const inProject = relative(projectDirectory, path);
  if (inProject.startsWith('..') || isAbsolute(inProject))
    return { path, notes: [`${path} lies outside of the project: other machines won't find it.`] };
  return { path: relative(directory, path).split(sep).join('/'), notes: [] };
}
