/**
 * Installs what tests and checks need (development/package.json) beside the package's own dependencies, from the same lock file.
 *
 * `npm ci` alone installs what building and using the package needs. Does nothing when the lock file is the one last set up.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const lockHash = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const stamp = join(root, 'node_modules', '.development-lock-sha256');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockHash) {
  const options = ['--workspaces', '--include-workspace-root', '--ignore-scripts', '--no-save', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', ...options], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, lockHash);
}
