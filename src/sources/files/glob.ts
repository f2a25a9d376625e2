import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether a path is a pattern: it holds `*`, `?`, `[...]` or `{...}`. (A file whose name holds them can be given as a file: URL.)
 */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/**
 * The files below `root` that match a pattern, as paths with `/` relative to `root`, sorted by their UTF-16 code units so that the list is the same everywhere.
 *
 * `*` and `?` match within a name, `**` any number of folders, `[a-z]` and `[!a-z]` a character, `{a,b}` alternatives (not nested). Names that begin
 * with a dot match only where the pattern has the dot. `**` does not follow symbolic links to folders.
 */
export async function expandGlob(root: string, pattern: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const alternative of expandBraces(pattern)) {
    await walk(root, '', alternative.split('/'), found);
  }
  return [...found].sort();
}

async function walk(root: string, folder: string, segments: readonly string[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment === '.' || segment === '') return walk(root, folder, rest, found);
  if (segment === '..') return walk(root, `${folder}../`, rest, found);
  if (segment === '**') {
    await walk(root, folder, rest.length === 0 ? ['*'] : rest, found);
    for (const entry of await entries(root, folder)) {
      if (entry.isDirectory() && !entry.name.startsWith('.'))
        await walk(root, `${folder}${entry.name}/`, segments, found);
    }
    return;
  }
  const matches = segmentMatcher(segment);
  for (const entry of await entries(root, folder)) {
    if (!matches(entry.name)) continue;
    if (rest.length > 0) {
      if (entry.isDirectory() || entry.isSymbolicLink()) await walk(root, `${folder}${entry.name}/`, rest, found);
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(join(root, folder, entry.name))))) {
      found.add(folder + entry.name);
    }
  }
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

async function entries(root: string, folder: string) {
  try {
    return await readdir(join(root, folder), { withFileTypes: true });
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
