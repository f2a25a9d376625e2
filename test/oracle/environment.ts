import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { spawnInherited } from './spawn.js';

const run = promisify(execFile);

/** The repository's root; this file is compiled to dist/test/oracle/. */
export const repositoryRoot = join(import.meta.dirname, '..', '..', '..');

/** A Python environment of the tests: made in .cache/ from exact pins, and made again when they change. */
export interface Environment {
  readonly folder: string;
  /** Files of pins, each installed on its own: pip wants hashes of all packages of a file, or of none. */
  readonly requirements: readonly string[];
  /** What the tests start, in the environment's folder. */
  readonly program: string;
  /** Environment variable that names a program which somebody else takes care of; then nothing is installed. */
  readonly override: string;
}

/** tfds, TensorFlow, Hugging Face datasets, pyarrow: about a minute and 2 GB for a first time. */
const readers: Environment = {
  folder: '.cache/python',
  requirements: ['test/oracle/requirements.txt'],
  program: 'bin/python',
  override: 'AILAB_TEST_PYTHON',
};

/** PyTorch as Debian packages it, with pyarrow and pillow beside it: five seconds and 170 MB. */
const torch: Environment = {
  folder: '.cache/python-torch',
  requirements: ['test/oracle/torch-requirements.txt'],
  program: 'bin/python',
  override: 'AILAB_TEST_TORCH_PYTHON',
};

/** Debian's interpreter, for which python3-torch is; another Python on the PATH does not see it. */
const debianPython = '/usr/bin/python3';

/** The pinned packages have wheels for these; newest first. */
const supportedMinors = [13, 12, 11] as const;

export type Found = { readonly program: string } | { readonly missing: string };

/** The interpreter that has the stock readers, or the reason why there is none. */
export function findInterpreter(): Found {
  return findProgram(readers);
}

/** The interpreter that has PyTorch and pyarrow, or the reason why there is none. */
export function findTorchInterpreter(): Found {
  return findProgram(torch);
}

/** The program of an environment, or the reason why there is none. */
export function findProgram(environment: Environment): Found {
  const given = process.env[environment.override];
  if (given !== undefined && given !== '') {
    if (existsSync(given)) return { program: given };
    return { missing: `${environment.override} names '${given}', which does not exist` };
  }
  if (isCurrent(environment)) return { program: join(repositoryRoot, environment.folder, environment.program) };
  return { missing: `${environment.folder} is not there or out of date; make it with: npm run python` };
}

/** Python, or what the tests need of it, is not to be had here. */
export class PythonMissingError extends Error {
  override readonly name = 'PythonMissingError';
}

/**
 * Makes the environment of the stock readers where it is missing or older than its pins.
 *
 * @throws {PythonMissingError} when no Python that the pinned packages support is on the PATH, or venv or pip fails
 */
export async function prepareReaders(log: (line: string) => void): Promise<void> {
  await prepareEnvironment(readers, 'the Python environment of the tests', log);
}

/**
 * Makes an environment with the system's Python where it is missing or older than its pins.
 *
 * @param what it is called in the line that says so
 * @throws {PythonMissingError} when no Python that the pinned packages support is on the PATH, or venv or pip fails
 */
export async function prepareEnvironment(
  environment: Environment,
  what: string,
  log: (line: string) => void,
): Promise<void> {
  if (isReady(environment)) return;
  const python = await findSystemPython();
  log(`Making ${what} in ${environment.folder} with ${python} (once; about a minute) ...`);
  await make(environment, python, ['-m', 'venv', join(repositoryRoot, environment.folder)], []);
}

/**
 * Makes the environment of the PyTorch tests on top of the system's torch.
 *
 * @throws {PythonMissingError} when the system's Python has no torch
 */
export async function prepareTorch(log: (line: string) => void): Promise<void> {
  if (isReady(torch)) return;
  const found = findInterpreter();
  if ('missing' in found) throw new PythonMissingError(found.missing);
  if (!(await imports(debianPython, 'torch'))) {
    throw new PythonMissingError(
      `${debianPython} has no torch; install it with: apt-get install --no-install-recommends python3-torch`,
    );
  }
  log(`Making the environment of the PyTorch tests in ${torch.folder} (once; five seconds) ...`);
  // Without pip, which Debian packages apart: the readers' pip installs into it.
  const folder = join(repositoryRoot, torch.folder);
  const venv = ['-m', 'venv', '--system-site-packages', '--without-pip', folder];
  await make(torch, debianPython, venv, [found.program, '-m', 'pip', '--python', interpreterOf(torch)]);
}

/** `pip`: the command that installs into the environment, when it is not the environment's own. */
async function make(
  environment: Environment,
  python: string,
  venv: readonly string[],
  pip: readonly string[],
): Promise<void> {
  rmSync(join(repositoryRoot, environment.folder), { recursive: true, force: true });
  await step('python -m venv', python, venv);
  const [command = interpreterOf(environment), ...prefix] =
    pip.length > 0 ? pip : [interpreterOf(environment), '-m', 'pip'];
  for (const requirements of environment.requirements) {
    // --no-deps: the files are the whole closure, so nothing is resolved and nothing can drift.
    const options = ['--quiet', '--disable-pip-version-check', '--no-deps'];
    const install = ['install', ...options, '-r', join(repositoryRoot, requirements)];
    await step('pip install', command, [...prefix, ...install]);
  }
  writeFileSync(stampOf(environment), requirementsHash(environment));
}

/** The first Python on the PATH that the pinned packages support. */
async function findSystemPython(): Promise<string> {
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

async function imports(python: string, module: string): Promise<boolean> {
  if (!existsSync(python)) return false;
  return run(python, ['-c', `import ${module}`]).then(
    () => true,
    () => false,
  );
}

async function step(name: string, command: string, commandArguments: readonly string[]): Promise<void> {
  const exitCode = await spawnInherited(command, commandArguments);
  if (exitCode !== 0) throw new PythonMissingError(`${name} failed with exit code ${exitCode}`);
}

function isReady(environment: Environment): boolean {
  const found = findProgram(environment);
  if ('program' in found) return true;
  if (process.env[environment.override]) throw new PythonMissingError(found.missing);
  return false;
}

function isCurrent(environment: Environment): boolean {
  const stamp = stampOf(environment);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === requirementsHash(environment);
}

function stampOf({ folder }: Environment): string {
  return join(repositoryRoot, folder, 'requirements.sha256');
}

function interpreterOf({ folder }: Environment): string {
  return join(repositoryRoot, folder, 'bin', 'python');
}

function requirementsHash({ requirements }: Environment): string {
  const hash = createHash('sha256');
  for (const file of requirements) hash.update(readFileSync(join(repositoryRoot, file)));
  return hash.digest('hex');
}
