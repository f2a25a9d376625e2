/** Stages a version on a disk that is too small for it, and prints what became of it. */
import { readdirSync } from 'node:fs';
import { DatasetsError } from '../../src/core/errors/index.js';
import { openRegistry, publish, stageVersion, writeMetadata } from '../../src/registry/index.js';
import { makeShards } from './make-version.js';

const directory = process.argv[2] ?? '';

async function publishVersion(version: string, description: string): Promise<string> {
  const staged = await stageVersion(openRegistry(directory), { name: 'numbers', version });
  try {
    const metadata = await makeShards(staged, 'content');
    await writeMetadata(staged, { ...metadata, info: { ...metadata.info, description } });
    await publish(staged);
    return 'published';
  } catch (error) {
    return error instanceof DatasetsError ? error.code : String(error);
  } finally {
    await staged.discard();
  }
}

const outcomes = [await publishVersion('1.0.0', 'x'.repeat(1 << 20)), await publishVersion('1.0.1', 'It fits.')];
console.log(
  JSON.stringify({
    outcomes,
    versions: readdirSync(`${directory}/numbers`),
    staging: readdirSync(`${directory}/.staging`),
  }),
);
