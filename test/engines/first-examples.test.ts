import assert from 'node:assert/strict';
import { createEngine } from '../../src/engines/index.js';
import { digests, fixture, readPairs, runJob } from './run-job.js';
import { temporaryDirectory } from './temporary-directory.js';

describe('a build of the first examples only', () => {
  const directory = temporaryDirectory();
  const threads = createEngine('threads', { workers: 2 });

  it('stops an endless generator when its split has enough', async () => {
    for (const engine of [createEngine('inline'), threads]) {
      const module = fixture('failures.js');
      const { output } = await runJob(directory(), {
        module,
        name: 'failures',
        config: 'endless',
        engine,
        job: { maxExamplesPerSplit: 10 },
      });
      assert.equal(output.splits[0]?.examples, 10);
    }
  });

  it('takes the first of the source, the same in every engine, also where elements are dealt to all workers', async () => {
    for (const config of ['elementwise', 'fannedOut', 'split', 'groups', 'asynchronous', 'relayed']) {
      const job = { maxExamplesPerSplit: 3 };
      const inline = await runJob(directory(), { config, job });
      assert.deepEqual(digests(await runJob(directory(), { config, job, engine: threads })), digests(inline));
      for (const split of inline.output.splits) assert.equal(split.examples, 3, `${config} ${split.name}`);
    }
    const fannedOut = await runJob(directory(), { config: 'fannedOut', job: { maxExamplesPerSplit: 3 } });
    assert.deepEqual(
      readPairs(fannedOut, 'train').map(([key]) => key),
      [0, 1, 2],
    );
  });

  it('takes all there are when there are fewer', async () => {
    const { output } = await runJob(directory(), { config: 'joined', job: { maxExamplesPerSplit: 1000 } });
    assert.equal(output.splits[0]?.examples, 32);
  });

  it('reads no further than it must', async () => {
    const { output } = await runJob(directory(), { config: 'relayed', job: { maxExamplesPerSplit: 1 } });
    assert.deepEqual(output.counters, { 'read once': 300 }, 'a side input needs everything');
    const rows: number[] = [];
    await runJob(directory(), {
      config: 'elementwise',
      job: { maxExamplesPerSplit: 1 },
      onProgress: (event) => event.type === 'stage-end' && rows.push(event.rows),
    });
    assert.deepEqual(rows, [16, 1], 'one batch of the source, one example written');
  });
});
