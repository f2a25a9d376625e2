import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BuildReport } from '../../registry/index.js';

const run = promisify(execFile);
const timeoutMilliseconds = 10_000;
const mostFiles = 100;

export type GitState = NonNullable<BuildReport['git']>;

/**
 * The commit, branch and changed files of the checkout that holds a folder: names of files alone, never what is in them.
 *
 * @returns undefined where there is no checkout, or no git
 */
async function gitState(folder: string): Promise<GitState | undefined> {
  try {
    // No optional locks: a build must not make somebody's `git commit` fail.
    const { stdout } = await run('git', ['--no-optional-locks', 'status', '--porcelain=v2', '--branch', '-z'], {
      cwd: folder,
      timeout: timeoutMilliseconds,
      maxBuffer: 64 << 20,
    });
    return parseStatus(stdout);
  } catch {
    // No git, no checkout, or one that can't be read: a build does not need it.
    return undefined;
  }
}

/** As `gitState`, of the checkout that holds a module (a file: URL). */
export function gitStateOf(module: string): Promise<GitState | undefined> {
  return gitState(dirname(fileURLToPath(module)));
}

/** `git status --porcelain=v2 --branch -z`: https://git-scm.com/docs/git-status#_porcelain_format_version_2 */
export function parseStatus(output: string): GitState {
  const lines = output.split('\0');
  const header = (name: string) => {
    const value = lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3);
    return value === undefined || value.startsWith('(') ? undefined : value;
  };
  const files: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    // Fields before the path: 8 of a change, 9 of a rename, 10 of a conflict.
    const fields = { 1: 8, 2: 9, u: 10, '?': 1 }[line.charAt(0)];
    if (fields === undefined || line.charAt(1) !== ' ') continue;
    files.push(line.split(' ').slice(fields).join(' '));
    // The name before a rename is a line of its own.
    if (line.startsWith('2')) i++;
  }
  const [commit, branch] = [header('branch.oid'), header('branch.head')];
  return {
    ...(commit !== undefined && { commit }),
    ...(branch !== undefined && { branch }),
    dirty: files.length > 0,
    files: files.slice(0, mostFiles),
    moreFiles: Math.max(0, files.length - mostFiles),
  };
}
