import type { Manifest } from '../manifest.js';

/** A file of an extract as a manifest names it. */
export type ManifestExtract = NonNullable<Manifest['sources'][number]['extracts']>[number];
export type ManifestExtractFile = ManifestExtract['files'][number];

/** The files of all extracts that a version was made from, each once. `path` is relative to the data set's folder. */
export function extractFilesOf({ sources }: Pick<Manifest, 'sources'>): readonly ManifestExtractFile[] {
  const files = sources.flatMap(({ extracts = [] }) => extracts.flatMap((extract) => extract.files));
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** The same as paths inside the registry. */
export function extractPathsOf(manifest: Pick<Manifest, 'name' | 'sources'>): readonly string[] {
  return extractFilesOf(manifest).map(({ path }) => `${manifest.name}/${path}`);
}
