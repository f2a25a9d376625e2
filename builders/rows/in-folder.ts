import { type NpmFile, npmFile } from '../../src/index.js';

/** A path in a folder: of this machine, of a bucket, of a package. */
export function inFolder(folder: string | NpmFile, path: string): string | NpmFile {
  if (typeof folder !== 'string') return npmFile(folder.package, `${folder.path}/${path}`);
  return `${folder.replace(/\/+$/, '')}/${path}`;
}
