import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Found, repositoryRoot } from './environment.js';

const run = promisify(execFile);

/** A program of the tests that `go install` builds into .cache/go: one folder a version. */
export interface GoProgram {
  /** As `go install` calls the file: the last part of `module`. */
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Environment variable that names a program which somebody else built. */
  readonly override: string;
  /** What it is called in the line that says that it is built, and how long that takes. */
  readonly what: string;
  readonly duration: string;
}

/** The program, or the reason why it is not there. */
export function findGoProgram(program: GoProgram): Found {
  const given = process.env[program.override];
  const path = given === undefined || given === '' ? join(folderOf(program), program.name) : given;
  if (existsSync(path)) return { program: path };
  if (path === given) return { missing: `${program.override} names '${given}', which does not exist` };
  return { missing: `${path} is not there; make it with: npm run python` };
}

/** Go is not to be had here, or can't build a program. */
export class GoMissingError extends Error {
  override readonly name = 'GoMissingError';
}

/**
 * Builds a program where it is missing.
 *
 * @throws {GoMissingError} when no Go is found, or its `go install` fails
 */
export async function prepareGoProgram(program: GoProgram, log: (line: string) => void): Promise<void> {
  if ('program' in findGoProgram(program)) return;
  const go = await findGo();
  log(`Building ${program.what} in .cache/go with ${go} (once; ${program.duration}) ...`);
  const folder = folderOf(program);
  mkdirSync(folder, { recursive: true });
  try {
    await run(go, ['install', `${program.module}@${program.version}`], {
      env: { ...process.env, GOBIN: folder, GOFLAGS: '-trimpath' },
    });
  } catch (cause) {
    const { stderr = '' } = cause as { readonly stderr?: string };
    throw new GoMissingError(`go install of ${program.name} failed: ${stderr.trim()}`, { cause });
  }
}

function folderOf({ name, version }: GoProgram): string {
  return join(repositoryRoot, '.cache', 'go', `${name}-${version}`);
}

/** From this one on an older Go fetches the newer one that a module asks for (GOTOOLCHAIN=auto). */
const oldestMinor = 21;

/** On the PATH, or where Go's own archive is unpacked. */
async function findGo(): Promise<string> {
  for (const command of ['go', '/usr/local/go/bin/go']) {
    const version = await run(command, ['env', 'GOVERSION']).then(
      ({ stdout }) => stdout,
      () => '',
    );
    if (Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0) >= oldestMinor) return command;
  }
  throw new GoMissingError(
    `no Go 1.${oldestMinor} or newer on the PATH or in /usr/local/go/bin; install it: https://go.dev/doc/install`,
  );
}
