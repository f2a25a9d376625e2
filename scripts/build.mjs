/**
 * Compiles into dist/ and copies what TypeScript leaves behind: SQL, CSV, cards, workers in JavaScript.
 *
 * `--package` builds what the package holds (no tests, no benchmarks) without checking types, and bundles it: `npm install` from git runs it.
 * `--package FOLDER` does so into FOLDER/dist.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { bundle } from './bundle.mjs';

const root = dirname(import.meta.dirname);
const packageOnly = process.argv[2] === '--package';
const dist = join(packageOnly ? resolve(process.argv[3] ?? root) : root, 'dist');
const require = createRequire(import.meta.url);

/** Folders whose files belong to the package. */
const packagedFolders = ['src', 'builders', 'datasets', 'cli'];

function compile() {
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const options = packageOnly ? ['-p', 'tsconfig.package.json', '--noCheck', '--outDir', dist] : [];
  const { status } = spawnSync(process.execPath, [compiler, ...options], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function copyAssets(folder) {
  cpSync(join(root, folder), join(dist, folder), {
    recursive: true,
    filter: (path) =>
      (!/\.c?ts$/.test(path) || path.endsWith('.d.ts')) &&
      !basename(path).startsWith('.') &&
      basename(path) !== 'node_modules',
  });
}

// Removed sources must not live on as compiled tests.
rmSync(dist, { recursive: true, force: true });
compile();
for (const folder of packagedFolders.filter((name) => existsSync(join(root, name)))) copyAssets(folder);
if (packageOnly) await bundle(dist);
const command = join(dist, 'cli', 'main.js');
if (existsSync(command)) chmodSync(command, 0o755);
