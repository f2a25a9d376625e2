/**
 * Runs the tests on other Node versions that the package supports (`22 24`, or those given), from npm's own builds of Node. The tests
 * that install the package are left out: npm runs them on the Node that it runs on itself. Expects what `npm run python` makes.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24'];
const mocha = join('node_modules', 'mocha', 'bin', 'mocha.js');
const tests = ['dist/test/**/*.test.js', '--ignore', 'dist/test/package/**'];

for (const version of versions) {
  process.stdout.write(`Node ${version}\n`);
  const { status } = spawnSync('npx', ['--yes', '-p', `node@${version}`, 'node', mocha, ...tests], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exitCode = 1;
}
