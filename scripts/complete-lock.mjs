/**
 * Completes package-lock.json after `npm install`: npm leaves out native packages for other platforms when the registry that it
 * asked does not carry them, and `npm ci` then refuses the lock everywhere. Adds an entry for each, without an integrity.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const file = join(dirname(import.meta.dirname), 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;
/** `@duckdb/node-bindings-linux-arm64-musl` → linux, arm64, musl. */
const platformOfName =
  /-(darwin|linux|win32|android|freebsd|netbsd|openbsd|sunos|aix)-([a-z0-9]+)(?:-(musl|gnu|glibc))?$/;

for (const [parent, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (packages[path] !== undefined || packages[`${parent}/${path}`] !== undefined) continue;
    const platform = platformOfName.exec(name);
    if (platform === null)
      throw new Error(`${name} is missing from the lock, and its name does not say for which platform it is`);
    const [, os, cpu, libc] = platform;
    packages[path] = {
      version,
      cpu: [cpu],
      ...(entry.dev ? { dev: true } : {}),
      ...(libc ? { libc: [libc === 'musl' ? 'musl' : 'glibc'] } : {}),
      optional: true,
      os: [os],
    };
    process.stdout.write(`added ${path} ${version}\n`);
  }
}

const byPath = ([a], [b]) => a.localeCompare(b, 'en');
lock.packages = Object.fromEntries(Object.entries(packages).sort(byPath));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
