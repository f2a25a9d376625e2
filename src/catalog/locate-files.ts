import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { ResolvedConfig } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import type { VersionFiles } from '../reader/index.js';
import { type FindOptions, locateReference } from './find-version.js';

export interface LocateFilesOptions extends FindOptions {
  /** What relative directories are relative to. Default: the working directory. */
  readonly cwd?: string | undefined;
}

/**
 * Whether a text names a directory in place of a published version: `/data/kept`, `./kept`, `../kept`.
 */
export function isDirectoryName(text: string): boolean {
  return isAbsolute(text) || text === '.' || /^\.\.?[/\\]/.test(text);
}

/**
 * The files of a published version, or of a directory that holds one, also a staged one.
 *
 * @throws DatasetsError as `locateReference`; VERSION_UNKNOWN where there is no such directory
 */
export async function locateFiles(
  text: string,
  config: ResolvedConfig,
  options: LocateFilesOptions = {},
): Promise<string | VersionFiles> {
  if (!isDirectoryName(text)) return (await locateReference(text, config, options)).files;
  const directory = resolve(options.cwd ?? process.cwd(), text);
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory() === true) return directory;
  throw new DatasetsError('VERSION_UNKNOWN', `${directory} is no directory`, {
    hint: 'Name the directory of a version, or a published version: product_a:1.2.0',
    at: { file: directory },
  });
}
