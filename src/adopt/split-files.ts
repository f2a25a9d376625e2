import { DatasetsError } from '../core/errors/index.js';
import { isSplitName } from '../core/names/index.js';
import { directoryTree, expandGlob } from '../sources/index.js';
import type { LocalStorage } from '../storage/index.js';
import { notAdoptable } from './adopt-errors.js';

/** The files of a split, in the order of its shards: paths relative to the directory. */
export interface SplitFiles {
  readonly name: string;
  readonly files: readonly string[];
}

/** Names of splits that stand in the names of files and folders. */
const usualSplits = ['train', 'training', 'validation', 'valid', 'val', 'dev', 'eval', 'test'];
const splitWord = new RegExp(`(?:^|[-_.])(${usualSplits.join('|')})(?=[-_.]|$)`);

/**
 * Deals files to splits: by patterns where there are any; else by the folder that they lie in, else by the word in their names (`train-00000-of-00004.parquet`), and where
 * nothing names one, to `train`.
 *
 * @param paths of the files with records, sorted.
 * @throws DatasetsError UNSUPPORTED for files that name no split beside others that do; USAGE for patterns that match nothing, or one file twice.
 */
export async function splitFiles(
  directory: LocalStorage,
  paths: readonly string[],
  patterns: Readonly<Record<string, readonly string[]>> | undefined,
): Promise<readonly SplitFiles[]> {
  return patterns === undefined ? byNames(directory, paths) : byPatterns(directory, paths, patterns);
}

function byNames(directory: LocalStorage, paths: readonly string[]): readonly SplitFiles[] {
  const splits = new Map<string, string[]>();
  const nameless: string[] = [];
  for (const path of paths) {
    const name = splitOf(path);
    if (name === undefined) nameless.push(path);
    else splits.set(name, [...(splits.get(name) ?? []), path]);
  }
  const [first] = nameless;
  if (first === undefined) return [...splits].map(([name, files]) => ({ name, files }));
  if (splits.size === 0) return [{ name: 'train', files: nameless }];
  throw notAdoptable(
    `${directory.location}/${first} belongs to no split, while others do: ${[...splits.keys()].join(', ')}`,
    "Say which files make a split: --split 'train=train-*.parquet'.",
    { file: `${directory.location}/${first}` },
  );
}

/** `train/part-0.parquet`, or `data/train-00000-of-00004.parquet`. Folders like `day=2026-11-21` are no splits. */
function splitOf(path: string): string | undefined {
  const parts = path.split('/');
  const file = parts.pop() ?? '';
  const folder =
    parts.find((part) => usualSplits.includes(part)) ??
    (parts.length === 1 && isOwnSplit(parts[0]) ? parts[0] : undefined);
  return folder ?? splitWord.exec(file)?.[1];
}

/** A folder names a split where it isn't one of Hive's partitions, and says something. */
function isOwnSplit(folder: string | undefined): boolean {
  return (
    folder !== undefined && isSplitName(folder) && !['data', 'parquet', 'arrow', 'tfrecord', 'files'].includes(folder)
  );
}

async function byPatterns(
  directory: LocalStorage,
  paths: readonly string[],
  patterns: Readonly<Record<string, readonly string[]>>,
): Promise<readonly SplitFiles[]> {
  const taken = new Map<string, string>();
  const splits: SplitFiles[] = [];
  for (const [name, globs] of Object.entries(patterns)) {
    if (!isSplitName(name))
      throw usage(
        `${JSON.stringify(name)} can't be the name of a split`,
        "Use letters, digits, _ and -, but not 'all'.",
      );
    const files: string[] = [];
    for (const glob of globs) {
      const found = (await expandGlob(directoryTree(directory.location), glob)).filter((path) => paths.includes(path));
      if (found.length === 0)
        throw usage(
          `--split ${name}=${glob} matches no file with records`,
          `They are: ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''}.`,
        );
      for (const path of found) {
        const other = taken.get(path);
        if (other !== undefined)
          throw usage(
            `${path} would belong to ${other} and to ${name}`,
            'A file belongs to one split: make the patterns narrower.',
          );
        taken.set(path, name);
        files.push(path);
      }
    }
    splits.push({ name, files });
  }
  return splits;
}

function usage(message: string, hint: string): DatasetsError {
  return new DatasetsError('USAGE', message, { hint });
}
