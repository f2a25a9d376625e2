import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../src/engines/index.js';
import { fixture, runJob } from './run-job.js';
import { temporaryDirectory } from './temporary-directory.js';

describe('withResource', () => {
  const directory = temporaryDirectory();
  let log = '';
  beforeEach(() => {
    log = join(directory(), 'log');
    writeFileSync(log, '');
    process.env['AILAB_TEST_RESOURCES'] = log;
  });
  afterEach(() => {
    delete process.env['AILAB_TEST_RESOURCES'];
  });

  const run = (config: string, workers: number) => {
    const engine = workers === 0 ? createEngine('inline') : createEngine('threads', { workers });
    return runJob(directory(), { module: fixture('resources.js'), name: 'resources', config, engine });
  };

  /** What each thread noted, in order. */
  function notes(): Record<string, string[]> {
    const byThread: Record<string, string[]> = {};
    for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
      const [what = '', thread = ''] = line.split(' ');
      byThread[thread] = [...(byThread[thread] ?? []), what];
    }
    return byThread;
  }

  it('sets up once in each worker that needs it, and tears down at the end', async () => {
    for (const workers of [0, 1, 3]) {
      writeFileSync(log, '');
      await run('good', workers);
      const threads = Object.values(notes());
      assert(threads.length >= 1 && threads.length <= Math.max(1, workers));
      for (const thread of threads) assert.deepEqual(thread, ['setup', 'teardown']);
    }
  });

  it('tears down when the build fails, and still says why it failed', async () => {
    for (const workers of [0, 2]) {
      writeFileSync(log, '');
      await assert.rejects(run('bad', workers), { code: 'USER_CODE', message: /withResource#1 failed: Error: bad/ });
      for (const thread of Object.values(notes())) assert.deepEqual(thread, ['setup', 'teardown']);
    }
  });

  it('fails the build when a tear-down fails', async () => {
    for (const workers of [0, 2]) {
      await assert.rejects(run('badTeardown', workers), {
        code: 'USER_CODE',
        message: 'the tear-down of withResource#1 failed: Error: it does not close',
      });
    }
  });
});
