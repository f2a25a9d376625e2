/** Prunes, repairs and publishes on a small disk that is full, and then read-only, and prints what became of it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repairVersion } from '../../src/build/index.js';
import { loadConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { openRegistry, prune } from '../../src/registry/index.js';
import { flip } from '../reader/damage.js';
import { publishNumbers } from './retention/numbers.js';

const disk = process.argv[2] ?? '';
const directory = join(disk, 'registry');
const ballast = join(disk, 'ballast');
const elsewhere = mkdtempSync(join(tmpdir(), 'ailab-elsewhere-'));
const registry = openRegistry(directory);

/** Every file with its content. */
function snapshot(): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  return JSON.stringify(files.map(({ parentPath, name }) => [parentPath, name, digest(join(parentPath, name))]).sort());
}

function fill(): void {
  for (const size of [65_536, 4096, 1]) {
    try {
      for (;;) appendFileSync(ballast, Buffer.alloc(size));
    } catch {
      // Full for pieces of this size.
    }
  }
}

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (!(error instanceof DatasetsError)) return String(error);
    return error.hint === undefined ? 'no hint' : error.code;
  }
}

async function attempts(): Promise<readonly string[]> {
  const config = await loadConfig({ cwd: elsewhere, env: {}, flags: { registry: directory } });
  return [
    await outcome(prune(registry, { keepLast: 1, remove: true })),
    await outcome(repairVersion('numbers:2.0.0', config, { from: elsewhere, rebuild: false })),
    await outcome(publishNumbers(registry, '3.0.0')),
  ];
}

try {
  for (const version of ['1.0.0', '2.0.0']) await publishNumbers(registry, version);
  cpSync(directory, elsewhere, { recursive: true });
  flip(join(directory, 'numbers/2.0.0/numbers-train.tfrecord-00000-of-00001'), 2);
  const before = snapshot();
  fill();
  const full = await attempts();
  const afterFull = snapshot() === before;
  rmSync(ballast);
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  const readOnly = await attempts();
  const afterReadOnly = snapshot() === before;
  execFileSync('mount', ['-o', 'remount,rw', disk]);
  console.log(JSON.stringify({ full, afterFull, readOnly, afterReadOnly, writable: await attempts() }));
} finally {
  rmSync(elsewhere, { recursive: true, force: true });
}
