import { versionPath } from './python-path.js';
import type { SnippetSplit, SnippetVersion } from './snippet-version.js';

/** The folder of a split's Arrow shards, as a Python expression. */
export function arrowFolder(version: SnippetVersion, split: SnippetSplit): string {
  const [first = ''] = split.arrowFiles;
  return versionPath(version, first.slice(0, first.lastIndexOf('/')));
}

/** Imports that decoding images takes, and none where there are no images. */
export function imageImports(version: SnippetVersion): { readonly standard: string; readonly others: string } {
  return hasImages(version)
    ? { standard: 'import io\n', others: '\nfrom PIL import Image' }
    : { standard: '', others: '' };
}

export function hasImages(version: SnippetVersion): boolean {
  return version.media.some(({ kind }) => kind === 'image');
}
