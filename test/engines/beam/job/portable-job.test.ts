import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatasetsError } from '../../../../src/core/errors/index.js';
import type { PortableSubmitter } from '../../../../src/engines/beam/job/portable-submitter.js';
import { type RunnerProcess, requireOwnPrism, requirePrism, requirePythonRunner } from '../../../beam/index.js';
import { processEnd } from './process-end.js';
import { openSubmitter, type StartedJob, type SubmitterOptions, startJob } from './small-job.js';

interface Runner {
  readonly name: string;
  start(context: Mocha.Context): Promise<RunnerProcess>;
}

const runners: readonly Runner[] = [
  { name: 'Prism', start: (context) => requirePrism(context) },
  { name: "Python's runner", start: (context) => requirePythonRunner(context) },
];

for (const { name, start } of runners) {
  describe(`a job on ${name} with workers of the submitter`, () => {
    const submitters: PortableSubmitter[] = [];
    const run = async (context: Mocha.Context, doFn: string, options?: SubmitterOptions): Promise<StartedJob> => {
      const { endpoint } = await start(context);
      const submitter = openSubmitter(endpoint, options);
      submitters.push(submitter);
      return startJob(submitter, doFn);
    };
    afterEach(async () => {
      await Promise.all(submitters.splice(0).map((submitter) => submitter.close()));
    });

    it('ends, with its states and what its DoFns counted', async function () {
      const { watched, end } = await run(this, 'count');
      assert.equal(await end, 'done');
      assert.deepEqual(watched.states.slice(-2), ['running', 'done']);
      const { transform, name: counter, attempted, committed } = watched.counters[0] ?? {};
      assert.deepEqual([transform, counter, attempted, committed], ['Step', 'elements', 3n, 3n]);
    });

    it('tells what its workers write', async function () {
      const { watched, end } = await run(this, 'speak');
      assert.equal(await end, 'done');
      const lines = watched.messages.all.map(({ text }) => text);
      assert.ok(
        lines.some((line) => line.endsWith(': a word on standard output')),
        lines.join('\n'),
      );
      assert.ok(
        lines.some((line) => line.endsWith(': a word on standard error')),
        lines.join('\n'),
      );
    });

    it('fails with the mistake of a DoFn among its errors', async function () {
      const { watched, end } = await run(this, 'mistake');
      assert.equal(await end, 'failed');
      const errors = watched.messages.all.filter(({ importance }) => importance === 'error');
      assert.ok(
        errors.some(({ text }) => /the item has no price/.test(text)),
        errors.map(({ text }) => text).join('\n'),
      );
    });

    it('is cancelled, and its workers end with the submitter', async function () {
      const { job, watched, end } = await run(this, 'wait');
      const worker = await watched.waitingWorker();
      const reason = new Error('Ctrl-C');
      watched.stop(reason);
      await assert.rejects(end, reason);
      await job.cancel();
      const again = watchAgain(job);
      assert.equal(await again, 'cancelled');
      await Promise.all(submitters.splice(0).map((submitter) => submitter.close()));
      await processEnd(worker);
    });

    it('ends with an error when a worker dies, which a runner may never notice', async function () {
      const { end } = await run(this, 'die');
      await assert.rejects(end, (error: unknown) => {
        assert.ok(error instanceof DatasetsError, String(error));
        assert.equal(error.code, 'WORKER_DIED');
        assert.match(error.message, /ended by SIGKILL.*the last words/s);
        return true;
      });
    });

    it('leaves no worker behind when the submitter is killed', async function () {
      const { endpoint } = await start(this);
      const submitter = fork(join(import.meta.dirname, 'submitter-process.js'), [endpoint]);
      const [worker] = (await once(submitter, 'message')) as [number];
      submitter.kill('SIGKILL');
      await processEnd(worker);
    });
  });
}

describe('a job whose runner is killed', () => {
  it('ends with that, and not with what its workers died of', async function () {
    const prism = await requireOwnPrism(this);
    const submitter = openSubmitter(prism.endpoint);
    try {
      const { watched, end } = await startJob(submitter, 'wait');
      await watched.waitingWorker();
      await prism.stop();
      await assert.rejects(end, { code: 'JOB_SERVICE_UNREACHABLE' });
    } finally {
      await submitter.close();
      await prism.stop();
    }
  });
});

function watchAgain(job: StartedJob['job']): Promise<string> {
  return job.watch({ signal: new AbortController().signal });
}
