import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { recordFormats } from '../../src/registry/index.js';
import { buildVersion } from '../reader/build-version.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';

/** A version with every kind of file, and a copy of it to damage. */
export async function twoCopies(folder: string): Promise<{ readonly pristine: string; readonly directory: string }> {
  const pristine = await buildVersion({
    registry: join(folder, 'pristine'),
    name: 'sample',
    schema: sampleSchema,
    splits: { train: sampleExamples(0, 60), test: sampleExamples(60, 70) },
    formats: recordFormats,
    numShards: 2,
    metadata: { info: { description: 'Made to be damaged.', tags: [], license: 'CC0-1.0' } },
  });
  const directory = join(folder, 'damaged/sample/1.0.0');
  cpSync(pristine, directory, { recursive: true });
  return { pristine, directory };
}
