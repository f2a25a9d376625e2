import { execFile } from 'node:child_process';
import { access, constants, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Check, ok, problem, warning } from './check.js';
import type { PackageManifest } from './package-manifest.js';

const run = promisify(execFile);

/** Whether this Node is one that the package supports. `range` is of the form `>=20.19`. */
export function checkNode(version: string, range: string): Check {
  const [wantedMajor = 0, wantedMinor = 0] = range.replace(/^>=/, '').split('.').map(Number);
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const fits = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return fits
    ? ok('node', `Node.js ${version}`)
    : problem(
        'node',
        `Node.js ${version}, but ${range} is needed`,
        'Install a current LTS release from https://nodejs.org.',
      );
}

/** Which optional packages are there; each works without the others. */
export async function checkPeers(manifest: PackageManifest, projectDirectory: string): Promise<readonly Check[]> {
  return Object.entries(manifest.peers).map(([peer, range]) => {
    const version = installedVersion(peer, [manifest.directory, projectDirectory]);
    return version === undefined
      ? warning(
          `peer:${peer}`,
          `${peer} is not installed; needed for ${purposeOf(peer)}`,
          range === '*' ? `npm install ${peer}` : `npm install ${peer}@"${range}"`,
        )
      : ok(`peer:${peer}`, `${peer} ${version}`);
  });
}

const purposes: Readonly<Record<string, string>> = {
  sharp: 'JPEG images and resizing',
  '@duckdb/node-api': 'fast Parquet and SQL sources',
  '@google-cloud/storage': 'registries and sources on gs://',
};

function purposeOf(peer: string): string {
  return purposes[peer] ?? 'some features';
}

function installedVersion(name: string, from: readonly string[]): string | undefined {
  for (const directory of from) {
    const require = createRequire(join(directory, 'package.json'));
    for (const folder of require.resolve.paths(name) ?? []) {
      const version = versionIn(require, join(folder, name, 'package.json'));
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

function versionIn(require: NodeJS.Require, file: string): string | undefined {
  try {
    return String((require(file) as { readonly version?: unknown }).version);
  } catch (error) {
    // Not installed here; anything else about a file that is there is worth knowing.
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** A build of a middling data set wants this much for spill and shards. */
const comfortableBytes = 5 * 2 ** 30;

/** Whether versions can be published to a registry in a directory, and how much fits. */
export async function checkLocalRegistry(registry: string): Promise<readonly Check[]> {
  const existing = await nearestExisting(registry);
  const writable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable) {
    const finding =
      existing === registry ? 'is not writable for you' : `can't be created: ${existing} is not writable for you`;
    return [
      problem(
        'registry',
        `the registry ${registry} ${finding}`,
        'Ask for access, or name another one with --registry.',
      ),
    ];
  }
  const finding = existing === registry ? 'is writable' : 'will be created by the first build';
  return [ok('registry', `the registry ${registry} ${finding}`), await checkSpace('disk:registry', existing)];
}

/** Free space in a directory that builds write to. */
export async function checkSpace(name: string, directory: string): Promise<Check> {
  const { bavail, bsize } = await statfs(directory);
  const freeBytes = bavail * bsize;
  const finding = `${(freeBytes / 2 ** 30).toFixed(1)} GiB free in ${directory}`;
  return freeBytes >= comfortableBytes
    ? ok(name, finding)
    : warning(name, finding, 'Free some space: builds need about three times the size of what they publish.');
}

async function nearestExisting(directory: string): Promise<string> {
  const exists = await access(directory).then(
    () => true,
    () => false,
  );
  const parent = dirname(directory);
  return exists || parent === directory ? directory : nearestExisting(parent);
}

/** Python packages that trainers open versions with; `snippet` prints code for each. */
const readers = ['tensorflow-datasets', 'tensorflow', 'datasets', 'pyarrow', 'torch', 'numpy'] as const;

const pythonProgram = `
import json, sys
from importlib.metadata import PackageNotFoundError, version
found = {}
for name in sys.argv[1:]:
    for name_there in (name, name + '-cpu'):
        try:
            found[name] = version(name_there)
            break
        except PackageNotFoundError:
            pass
print(json.dumps({'python': sys.version.split()[0], 'found': found}))
`;

/**
 * Which stock readers a Python has. It reads the packages' metadata: importing TensorFlow would take seconds.
 *
 * @param python the interpreter, as a path or a name on PATH
 */
export async function checkPython(python: string): Promise<readonly Check[]> {
  const answer = await run(python, ['-c', pythonProgram, ...readers], { timeout: 20_000 }).then(
    ({ stdout }) => JSON.parse(stdout) as { readonly python: string; readonly found: Readonly<Record<string, string>> },
    () => undefined,
  );
  if (answer === undefined) {
    return [
      warning(
        'python',
        `${python} does not run; only trainers in Python need it`,
        'Install Python, or name one with --python.',
      ),
    ];
  }
  return [
    ok('python', `Python ${answer.python} (${python})`),
    ...readers.map((reader) => {
      const version = answer.found[reader];
      return version === undefined
        ? warning(`python:${reader}`, `${reader} is not installed there`, `${python} -m pip install ${reader}`)
        : ok(`python:${reader}`, `${reader} ${version}`);
    }),
  ];
}
