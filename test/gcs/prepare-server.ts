import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../oracle/environment.js';

const run = promisify(execFile);

const version = 'v1.56.1';
const folder = join(repositoryRoot, '.cache', 'go', `fake-gcs-server-${version}`);

/** Names a server that somebody else built. */
const override = 'AILAB_TEST_GCS_SERVER';

/** Google Cloud Storage on this machine, https://github.com/fsouza/fake-gcs-server: where it is, or why it is not there. */
export function findServer(): { readonly program: string } | { readonly missing: string } {
  const given = process.env[override];
  const program = given === undefined || given === '' ? join(folder, 'fake-gcs-server') : given;
  if (existsSync(program)) return { program };
  if (program === given) return { missing: `${override} names '${given}', which does not exist` };
  return { missing: `${program} is not there; make it with: npm run python` };
}

/** Go is not to be had here, or can't build the server. */
export class GoMissingError extends Error {
  override readonly name = 'GoMissingError';
}

/**
 * Builds the server where it is missing: half a minute, 50 MB.
 *
 * @throws {GoMissingError} when no Go is found, or its `go install` fails
 */
export async function prepareServer(log: (line: string) => void): Promise<void> {
  if ('program' in findServer()) return;
  const go = await findGo();
  log(`Building the fake of Google Cloud Storage in .cache/go with ${go} (once; half a minute) ...`);
  mkdirSync(folder, { recursive: true });
  try {
    await run(go, ['install', `github.com/fsouza/fake-gcs-server@${version}`], {
      env: { ...process.env, GOBIN: folder, GOFLAGS: '-trimpath' },
    });
  } catch (cause) {
    const { stderr = '' } = cause as { readonly stderr?: string };
    throw new GoMissingError(`go install of fake-gcs-server failed: ${stderr.trim()}`, { cause });
  }
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
