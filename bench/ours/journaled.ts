import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeFingerprint } from '../../src/builder/index.js';
import { createEngine } from '../../src/engines/index.js';

/**
 * Builds product_b once, without publishing it, and reports the processor time that it took: `journaled.js on|off <folder>`. With the journal go the fingerprint
 * of the code, in real time since another process makes it.
 */
const [mode, folder = '.'] = process.argv.slice(2);
const directory = mkdtempSync(join(folder, 'journaled-'));
const [workDirectory, outputDirectory] = [join(directory, 'work'), join(directory, 'out')];
for (const path of [workDirectory, outputDirectory]) mkdirSync(path);
const module = new URL('../../datasets/products/product_b/builder.js', import.meta.url).href;
const started = performance.now();
const identity = mode === 'on' ? await codeFingerprint(module) : undefined;
const fingerprintSeconds = (performance.now() - started) / 1000;
const before = process.cpuUsage();
await createEngine('threads', { workers: 2 }).run(
  {
    id: 'journaled',
    builder: { module, name: 'product_b', config: undefined, version: '1.0.0', manualDirectory: undefined },
    facts: { snapshotTime: '2026-11-21T00:00:00.000Z', once: {} },
    workDirectory,
    outputDirectory,
    formats: ['tfrecord', 'arrow'],
    bufferBytes: 16 << 20,
    ...(identity === undefined ? {} : { journal: { identity } }),
  },
  { signal: new AbortController().signal, onProgress: () => undefined },
);
const { user, system } = process.cpuUsage(before);
rmSync(directory, { recursive: true });
console.log(JSON.stringify({ seconds: (user + system) / 1e6 + fingerprintSeconds, fingerprintSeconds }));
