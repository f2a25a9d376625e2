import type { FileReference } from '../../src/index.js';
import { fileNames } from './file-names.js';

/** The part of a file's path that a reference leaves open: `day-01/part.csv` of `logs/day-01/part.csv` for `logs/day-??/part.csv`; its name where nothing is open. */
export function pathBelow(reference: FileReference): (path: string) => string {
  const roots = fileNames(reference)
    .map(rootOf)
    .sort((a, b) => b.length - a.length);
  return (path) => {
    const root =
      roots.find((each) => path.startsWith(each)) ?? roots.map((each) => tailBefore(each, path)).find(Boolean);
    return path.slice(root?.length ?? path.lastIndexOf('/') + 1);
  };
}

/** The end of an absolute root that a path begins with: files in the builder's folder are named from there, whatever the reference says. */
function tailBefore(root: string, path: string): string | undefined {
  const starts = root.startsWith('/') ? [...root.matchAll(/\//g)].map(({ index }) => index + 1) : [];
  return starts.map((start) => root.slice(start)).find((tail) => tail !== '' && path.startsWith(tail));
}

/** A row's place among all rows of its files, as a key: the file's path below what the reference names, and the row's index. */
export function positionKey(reference: FileReference): (path: string, row: number) => string {
  const below = pathBelow(reference);
  // Rows of one file come one after the other.
  let last = { path: '', below: '' };
  return (path, row) => {
    if (path !== last.path) last = { path, below: below(path) };
    return `${last.below}/${row}`;
  };
}

/** What comes before the first name that a pattern leaves open. */
function rootOf(name: string): string {
  const fixed = name.slice(0, /[*?[{]/.exec(name)?.index ?? name.length);
  return fixed.slice(0, fixed.lastIndexOf('/') + 1);
}
