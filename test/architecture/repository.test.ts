import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { capture, repositoryRoot } from '../oracle/index.js';

interface LockEntry {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('the repository', () => {
  const lock = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };

  it('names no path and no registry of the machine it was made on', async () => {
    const registry = await capture('npm', ['config', 'get', 'registry'], { cwd: repositoryRoot });
    const ordinary = ['/', tmpdir()];
    const places = [dirname(repositoryRoot), homedir()]
      .filter((path) => !ordinary.includes(path))
      .map((path) => `${path}/`);
    const { host } = new URL(registry.stdout.trim());
    const found = textFiles().flatMap(({ path, text }) =>
      [...places.filter((place) => namesPath(text, place)), ...(text.includes(host) ? [host] : [])].map(
        (word) => `${path} names ${word}`,
      ),
    );
    assert.deepEqual(found, []);
  });

  it('locks packages by version and integrity, without saying where they come from', () => {
    const located = Object.entries(lock.packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
    assert.deepEqual(located, []);
  });

  it('locks the native packages of every platform, or npm ci would refuse the lock', () => {
    const missing = Object.entries(lock.packages).flatMap(([parent, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in lock.packages) && !(`${parent}/node_modules/${name}` in lock.packages),
      ),
    );
    assert.deepEqual(missing, [], 'complete the lock with: node scripts/complete-lock.mjs');
  });
});

/** Whether a text has an absolute path that begins so: `/srv/` is one in `cd /srv/lab`, and none in `gs://lab/srv/`. */
function namesPath(text: string, place: string): boolean {
  for (let at = text.indexOf(place); at >= 0; at = text.indexOf(place, at + 1)) {
    if (at === 0 || !/[\w.~-]/.test(text[at - 1] ?? '')) return true;
  }
  return false;
}

function textFiles(): { readonly path: string; readonly text: string }[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: repositoryRoot, encoding: 'utf8' });
  return listed
    .split('\0')
    .filter((path) => path !== '' && !/\.(?:gz|png|jpe?g|parquet|tfrecord[^/]*|arrow|zip)$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), 'utf8') }));
}
