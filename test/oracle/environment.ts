import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { spawnInherited } from './spawn.js';

const run = promisify(execFile);

/** The repository's root; this file is compiled to dist/test/oracle/. */
export const repositoryRoot = join(import.meta.dirname, '..', '..', '..');
const requirementsFile = join(repositoryRoot, 'test', 'oracle', 'requirements.txt');
const environmentFolder = join(repositoryRoot, '.cache', 'python');
const stampFile = join(environmentFolder, 'requirements.sha256');

/** The pinned packages have wheels for these; newest first. */
const supportedMinors = [13, 12, 11] as const;

/**
 * The interpreter that has the stock readers, or the reason why there is none.
 *
 * `AILAB_TEST_PYTHON` names one that somebody else takes care of; otherwise it is the environment that `prepareEnvironment` made.
 */
export function findInterpreter(): { readonly interpreter: string } | { readonly missing: string } {
  const given = process.env['AILAB_TEST_PYTHON'];
  if (given !== undefined && given !== '') {
    return existsSync(given)
      ? { interpreter: given }
      : { missing: `AILAB_TEST_PYTHON names '${given}', which does not exist` };
  }
  if (isCurrent()) return { interpreter: environmentInterpreter() };
  return { missing: 'the Python environment is not there or out of date; make it with: npm run python' };
}

/**
 * Makes the environment in .cache/python where it is missing or older than requirements.txt, and returns its interpreter.
 *
 * About a minute and 2 GB for a first time. Does nothing when `AILAB_TEST_PYTHON` is set.
 * @throws {PythonMissingError} when no Python that the pinned packages support is on the PATH, or venv or pip fails
 */
export async function prepareEnvironment(log: (line: string) => void): Promise<string> {
  const found = findInterpreter();
  if ('interpreter' in found) return found.interpreter;
  if (process.env['AILAB_TEST_PYTHON']) throw new PythonMissingError(found.missing);
  const python = await findSystemPython();
  log(`Making the Python environment for the tests in .cache/python with ${python} (once; about a minute) ...`);
  rmSync(environmentFolder, { recursive: true, force: true });
  await step('python -m venv', python, ['-m', 'venv', environmentFolder]);
  // --no-deps: the file is the whole closure, so nothing is resolved and nothing can drift.
  await step('pip install', environmentInterpreter(), [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', requirementsFile],
  ]);
  writeFileSync(stampFile, requirementsHash());
  return environmentInterpreter();
}

/** Python, or what the tests need of it, is not to be had here. */
export class PythonMissingError extends Error {
  override readonly name = 'PythonMissingError';
}

/** The first Python on the PATH that the pinned packages support. */
export async function findSystemPython(): Promise<string> {
  for (const command of ['python3', ...supportedMinors.map((minor) => `python3.${minor}`)]) {
    const minor = await minorVersion(command);
    if (supportedMinors.some((supported) => supported === minor)) return command;
  }
  const range = `3.${supportedMinors.at(-1)} to 3.${supportedMinors[0]}`;
  throw new PythonMissingError(`no Python ${range} on the PATH`);
}

async function minorVersion(command: string): Promise<number | undefined> {
  try {
    const { stdout } = await run(command, ['-c', 'import sys; print(sys.version_info.minor)']);
    return Number(stdout);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PythonMissingError(`'${command}' does not run`, { cause: error });
  }
}

async function step(name: string, command: string, commandArguments: readonly string[]): Promise<void> {
  const exitCode = await spawnInherited(command, commandArguments);
  if (exitCode !== 0) throw new PythonMissingError(`${name} failed with exit code ${exitCode}`);
}

function isCurrent(): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === requirementsHash();
}

function environmentInterpreter(): string {
  return join(environmentFolder, 'bin', 'python');
}

function requirementsHash(): string {
  return createHash('sha256').update(readFileSync(requirementsFile)).digest('hex');
}
