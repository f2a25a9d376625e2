/**
 * Stages a version, and publishes it when it is told to go. Arguments: registry, content, and optionally `--overwrite` and the number of
 * the change to the file system before which the process kills itself.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatasetsError } from '../../src/core/errors/index.js';
import { openRegistry, publish, stageVersion, writeMetadata } from '../../src/registry/index.js';
import { makeShards } from './make-version.js';

const [registryDirectory = '', content = '', mode, killBefore] = process.argv.slice(2);

/** Every call that changes what is on disk counts, so that each moment between two of them is tried. */
function killBeforeChange(number: number): void {
  let changes = 0;
  const counted = ['mkdir', 'rename', 'link', 'rm', 'writeFile', 'utimes'] as const;
  for (const name of counted) {
    const original = fs.promises[name] as (...parameters: unknown[]) => unknown;
    Object.assign(fs.promises, {
      [name]: (...parameters: unknown[]) => {
        if (++changes === number) process.kill(process.pid, 'SIGKILL');
        return original(...parameters);
      },
    });
  }
  syncBuiltinESMExports();
}

async function run(): Promise<string> {
  const staged = await stageVersion(openRegistry(registryDirectory), {
    name: 'numbers',
    config: 'small',
    version: '1.0.0',
  });
  try {
    await writeMetadata(staged, await makeShards(staged, content));
    await ready();
    await publish(staged, { overwrite: mode === '--overwrite', defaultConfig: 'small' });
    return 'published';
  } catch (error) {
    return error instanceof DatasetsError ? error.code : String(error);
  } finally {
    await staged.discard();
  }
}

function ready(): Promise<void> {
  if (process.send === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    process.once('message', () => resolve());
    process.send?.('ready');
  });
}

if (killBefore !== undefined) killBeforeChange(Number(killBefore));
const outcome = await run();
if (process.send === undefined) console.log(outcome);
else process.send({ outcome }, () => process.disconnect());
