import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether a path is a pattern: it holds `*`, `?`, `[...]` or `{...}`. (A file whose name holds them can be given as a file: URL.)
 */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** What lies in a folder. */
export interface GlobEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** Files in folders: of a directory, or of a bucket. */
export interface GlobTree {
  /** Nothing for a folder that doesn't exist. `folder` is '' or ends with a slash. */
  list(folder: string): Promise<readonly GlobEntry[]>;
  leadsToFile(link: string): Promise<boolean>;
}

/**
 * The files of a tree that match a pattern, as paths with `/` relative to its root, sorted by their UTF-16 code units so that the list is the same everywhere.
 *
 * `*` and `?` match within a name, `**` any number of folders, `[a-z]` and `[!a-z]` a character, `{a,b}` alternatives (not nested). Names that begin
 * with a dot match only where the pattern has the dot. `**` does not follow symbolic links to folders.
 */
export async function expandGlob(tree: GlobTree, pattern: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const alternative of expandBraces(pattern)) {
    await walk(tree, '', alternative.split('/'), found);
  }
  return [...found].sort();
}

async function walk(tree: GlobTree, folder: string, segments: readonly string[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment === '.' || segment === '') return walk(tree, folder, rest, found);
  if (segment === '..') return walk(tree, `${folder}../`, rest, found);
  if (segment === '**') {
    await walk(tree, folder, rest.length === 0 ? ['*'] : rest, found);
    for (const entry of await tree.list(folder)) {
      if (entry.kind === 'folder' && !entry.name.startsWith('.'))
        await walk(tree, `${folder}${entry.name}/`, segments, found);
    }
    return;
  }
  const matches = segmentMatcher(segment);
  for (const { name, kind } of await tree.list(folder)) {
    if (!matches(name)) continue;
    if (rest.length > 0) {
      if (kind === 'folder' || kind === 'link') await walk(tree, `${folder}${name}/`, rest, found);
    } else if (kind === 'file' || (kind === 'link' && (await tree.leadsToFile(folder + name)))) {
      found.add(folder + name);
    }
  }
}

/** Tells paths that match one of several patterns, by the rules of `expandGlob`; a path without wildcards matches itself. */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  const alternatives = patterns
    .flatMap((pattern) => expandBraces(pattern))
    .map((pattern) => pattern.split('/').filter((segment) => segment !== '' && segment !== '.'))
    .map((segments) => segments.map((segment) => (segment === '**' ? segment : segmentMatcher(segment))));
  return (path) => {
    const names = path.split('/');
    return alternatives.some((segments) => matchesFrom(segments, 0, names, 0));
  };
}

function matchesFrom(
  segments: readonly ('**' | ((name: string) => boolean))[],
  segment: number,
  names: readonly string[],
  name: number,
): boolean {
  const matcher = segments[segment];
  const part = names[name];
  if (matcher === undefined) return part === undefined;
  if (part === undefined) return false;
  if (matcher !== '**') return matcher(part) && matchesFrom(segments, segment + 1, names, name + 1);
  // At the end, any file below; else what follows may begin here or in a folder below, hidden ones aside.
  if (segment === segments.length - 1 && name === names.length - 1) return !part.startsWith('.');
  if (segment < segments.length - 1 && matchesFrom(segments, segment + 1, names, name)) return true;
  return !part.startsWith('.') && name < names.length - 1 && matchesFrom(segments, segment, names, name + 1);
}

/** The files below a directory of this machine. */
export function directoryTree(root: string): GlobTree {
  return {
    list: async (folder) =>
      (await entries(join(root, folder))).map((entry) => ({ name: entry.name, kind: kindOf(entry) })),
    leadsToFile: (link) => leadsToFile(join(root, link)),
  };
}

function kindOf(entry: Dirent): GlobEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

async function leadsToFile(link: string): Promise<boolean> {
  try {
    return (await stat(link)).isFile();
  } catch (error) {
    // A link that leads nowhere matches nothing.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP')) return false;
    throw error;
  }
}

async function entries(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // A pattern may lead to what is not there, or is no folder: it matches nothing.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}

function expandBraces(pattern: string): readonly string[] {
  const open = pattern.indexOf('{');
  const close = pattern.indexOf('}', open);
  if (open < 0 || close < 0) return [pattern];
  const before = pattern.slice(0, open);
  const after = pattern.slice(close + 1);
  return pattern
    .slice(open + 1, close)
    .split(',')
    .flatMap((choice) => expandBraces(before + choice + after));
}

function segmentMatcher(segment: string): (name: string) => boolean {
  if (!isGlob(segment)) return (name) => name === segment;
  let source = '';
  for (let i = 0; i < segment.length; i++) {
    const character = segment.charAt(i);
    const classEnd = character === '[' ? segment.indexOf(']', i + 2) : -1;
    if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (classEnd > 0) {
      const body = segment.slice(i + 1, classEnd).replace(/[\\\]^]/g, '\\$&');
      source += body.startsWith('!') ? `[^${body.slice(1)}]` : `[${body}]`;
      i = classEnd;
    } else source += character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
  }
  const expression = new RegExp(`^${source}$`, 'su');
  const hidden = segment.startsWith('.');
  return (name) => (hidden || !name.startsWith('.')) && expression.test(name);
}
