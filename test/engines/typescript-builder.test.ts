import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../src/engines/index.js';
import { digests, fixture, leftFiles, runJob } from './run-job.js';
import { temporaryDirectory } from './temporary-directory.js';

describe('a builder in TypeScript', () => {
  const directory = temporaryDirectory();
  const module = fixture('typescript.ts').replace('/dist/', '/');
  const engine = createEngine('threads', { workers: 2 });

  it('is built in threads without a build step, to the same bytes as from JavaScript', async () => {
    const run = await runJob(directory(), { module, name: 'typescript', config: 'good', engine });
    assert.equal(run.output.splits[0]?.examples, 100);
    const compiled = await runJob(directory(), {
      module: fixture('typescript.js'),
      name: 'typescript',
      config: 'good',
    });
    assert.deepEqual(digests(run), digests(compiled));
  });

  it('has its own lines in the stacks of its errors', async () => {
    const lines = readFileSync(fileURLToPath(module), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes("new RangeError('fifty')")) + 1;
    for (const each of [engine, createEngine('inline')]) {
      await assert.rejects(
        runJob(directory(), { module, name: 'typescript', config: 'bad', engine: each }),
        (error) => {
          assert(error instanceof Error && error.cause instanceof Error);
          assert.match(error.cause.stack ?? '', new RegExp(`^RangeError: fifty\\n.*fixtures/typescript\\.ts:${line}:`));
          return true;
        },
      );
    }
    assert.deepEqual(leftFiles(directory()), []);
  });
});
