import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DatasetsError } from '../../core/errors/index.js';

/** What is not as it was when the working tree left a commit. */
export interface GitChanges {
  /** The root of the working tree, absolute, without links. */
  readonly root: string;
  /** Paths from the root, with `/`, sorted: changed, added, deleted, renamed (both names), also what is not committed or not tracked. */
  readonly files: readonly string[];
}

/** Lists of files of a large repository have some MB. */
const mostBytes = 64 * 2 ** 20;

/**
 * Files that were changed in a working tree since it left another branch, or a commit: what that branch got meanwhile doesn't count.
 *
 * @param directory in the working tree, absolute
 * @param ref `main`, `origin/main`, `v1.2.0`, `4f1c2ab`
 * @throws DatasetsError USAGE where there is no git, no repository, no such ref, or a clone that doesn't reach back so far
 */
export async function gitChanges(directory: string, ref: string): Promise<GitChanges> {
  const git = (...args: readonly string[]): Promise<string> => runGit(directory, args);
  const root = (
    await git('rev-parse', '--show-toplevel').catch((error) => Promise.reject(noRepository(directory, error)))
  ).trimEnd();
  const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`).catch(
    async (error: unknown) => Promise.reject(unknownRef(ref, root, await isShallow(git), error)),
  );
  const base = await git('merge-base', commit.trim(), 'HEAD').catch(async (error: unknown) => {
    if (await isShallow(git)) throw tooShallow(ref, root, error);
    // Two histories that have nothing in common: all that differs has changed.
    return commit;
  });
  const changed = await git('-C', root, 'diff', '--name-only', '--no-renames', '--no-ext-diff', '-z', base.trim());
  const untracked = await git('-C', root, 'ls-files', '--others', '--exclude-standard', '-z');
  const files = new Set(`${changed}${untracked}`.split('\0').filter((path) => path !== ''));
  return { root: await realpath(root), files: [...files].sort() };
}

/** The changed files as absolute paths, each with its name from the root. */
export function absoluteChanges({ root, files }: GitChanges): ReadonlyMap<string, string> {
  return new Map(files.map((file) => [join(root, file), file]));
}

async function runGit(directory: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd: directory, maxBuffer: mostBytes, encoding: 'utf8' });
  return stdout;
}

async function isShallow(git: (...args: readonly string[]) => Promise<string>): Promise<boolean> {
  return (await git('rev-parse', '--is-shallow-repository')).trim() === 'true';
}

function noRepository(directory: string, cause: unknown): DatasetsError {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return new DatasetsError(
    'USAGE',
    isMissing ? 'there is no git on this machine, which says what has changed' : `${directory} is in no git repository`,
    {
      hint: isMissing
        ? 'Install git, or name the data sets.'
        : 'Run it in the project’s repository, or name the data sets.',
      cause,
    },
  );
}

function unknownRef(ref: string, root: string, isInShallow: boolean, cause: unknown): DatasetsError {
  return new DatasetsError('USAGE', `${root} knows no commit, branch or tag ${JSON.stringify(ref)}`, {
    hint: isInShallow
      ? 'This is a shallow clone: fetch the ref (git fetch origin REF), or clone with all of the history (fetch-depth: 0 in GitHub Actions).'
      : 'Fetch it (git fetch origin), or name another one: git branch --all lists them.',
    cause,
  });
}

function tooShallow(ref: string, root: string, cause: unknown): DatasetsError {
  return new DatasetsError('USAGE', `${root} is a shallow clone, which doesn't reach back to where it left ${ref}`, {
    hint: 'Fetch the history: git fetch --unshallow (fetch-depth: 0 in GitHub Actions).',
    cause,
  });
}
