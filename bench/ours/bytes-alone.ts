import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/**
 * `node bytes-alone.js <input folder> <version's folder> <scratch folder>`: what the bytes of a build cost that is done with nothing but them, in two threads: the input is read and hashed, and as many bytes as the version has
 * are written to as many files, hashed and synced. Prints its seconds.
 */
interface Share {
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly file: string; readonly bytes: number }[];
}

const block = Buffer.allocUnsafeSlow(1 << 20).fill('0123456789abcdef');

function read(file: string): string {
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'r');
  for (let bytes = readSync(descriptor, block); bytes > 0; bytes = readSync(descriptor, block)) {
    hash.update(block.subarray(0, bytes));
  }
  closeSync(descriptor);
  return hash.digest('hex');
}

function write(file: string, bytes: number): string {
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'w');
  for (let left = bytes; left > 0; ) {
    const written = writeSync(descriptor, block, 0, Math.min(left, block.length));
    hash.update(block.subarray(0, written));
    left -= written;
  }
  fsyncSync(descriptor);
  closeSync(descriptor);
  return hash.digest('hex');
}

function filesBelow(folder: string): readonly { readonly file: string; readonly bytes: number }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ file: join(folder, name), stats: statSync(join(folder, name)) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ file, stats }) => ({ file, bytes: stats.size }));
}

async function main(): Promise<void> {
  const [input = '', version = '', scratch = ''] = process.argv.slice(2);
  const inputs = filesBelow(input).map(({ file }) => file);
  const outputs = filesBelow(version).map(({ bytes }, i) => ({ file: join(scratch, `${i}`), bytes }));
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const started = performance.now();
  const workers = [0, 1].map((thread) => {
    const share: Share = {
      inputs: inputs.filter((_, i) => i % 2 === thread),
      outputs: outputs.filter((_, i) => i % 2 === thread),
    };
    return new Worker(fileURLToPath(import.meta.url), { workerData: share });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
  rmSync(scratch, { recursive: true, force: true });
}

if (isMainThread) await main();
else {
  const { inputs, outputs } = workerData as Share;
  const digests = [...inputs.map(read), ...outputs.map(({ file, bytes }) => write(file, bytes))];
  parentPort?.postMessage(digests.length);
}
