/**
 * Builds and publishes a version when it is told to go. Arguments: registry; content; a mode: `--fresh`, `--overwrite`, `--wait` to be told once more
 * before it publishes, `--resume` to go on with an earlier one of the same content; the number of the change to the file system before which the process
 * kills itself; the directory in which builds for buckets are staged.
 */
import { DatasetsError } from '../../src/core/errors/index.js';
import { openRegistry, publish, stageVersion, writeMetadata } from '../../src/registry/index.js';
import { killBeforeChange } from '../kill-before-change.js';
import { type MadeUp, makeShards } from './make-version.js';

const [registryLocation = '', content = '', mode, killBefore, workDirectory] = process.argv.slice(2);

/** In a bucket each file costs requests; fewer will do. */
const made: MadeUp = mode === '--resume' ? { shardCount: 20, formats: ['index'] } : { formats: ['tfrecord', 'index'] };

async function run(): Promise<string> {
  await ready();
  const overwrite = mode === '--overwrite';
  try {
    const target = { name: 'numbers', config: 'small', version: '1.0.0' };
    const staged = await stageVersion(openRegistry(registryLocation), target, {
      overwrite,
      workDirectory,
      ...(mode === '--resume' && { identity: content }),
      lease: { timings: { pollMilliseconds: 50 } },
    });
    try {
      await writeMetadata(staged, await makeShards(staged, content, made));
      if (mode === '--wait') await ready();
      await publish(staged, { overwrite, defaultConfig: 'small' });
      return 'published';
    } finally {
      await staged.discard();
    }
  } catch (error) {
    return error instanceof DatasetsError ? error.code : String(error);
  }
}

function ready(): Promise<void> {
  if (process.send === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    process.once('message', () => resolve());
    process.send?.('ready');
  });
}

if (killBefore !== undefined && killBefore !== '') killBeforeChange(Number(killBefore));
const outcome = await run();
if (process.send === undefined) console.log(outcome);
else process.send({ outcome }, () => process.disconnect());
