import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { BeamEngine } from '../../../src/engines/beam/beam-engine.js';
import { PortableSubmitter } from '../../../src/engines/beam/job/portable-submitter.js';
import { buildRunners, type NamedRunner, requirePythonRunner } from '../../beam/index.js';
import { repositoryRoot } from '../../oracle/index.js';
import { fixture, runJob } from '../run-job.js';
import { temporaryDirectory } from '../temporary-directory.js';
import { compareBuilds } from './compare-builds.js';

const program = new URL('../../../src/engines/beam/worker/worker-main.js', import.meta.url);

const runners: readonly NamedRunner[] = [
  ...buildRunners,
  {
    // Not with values over the State API: those that it keeps for a bundle are gone when it repeats that.
    name: "Python's runner, which repeats each bundle",
    start: (context) => requirePythonRunner(context, { bundleRepeat: 1 }),
  },
];

for (const { name, start } of runners) {
  describe(`a build on ${name}`, () => {
    const directory = temporaryDirectory();
    const open = async (context: Mocha.Context, more: Readonly<Record<string, string>> = {}) => {
      const { endpoint } = await start(context);
      const env = { AILAB_DATASETS_PROJECT: repositoryRoot, ...more };
      const submitter = new PortableSubmitter({
        endpoint,
        environment: { kind: 'loopback' },
        workers: { program, env },
      });
      const workLocation = join(directory(), 'work-location');
      const engine = new BeamEngine({ name: 'beam', submitter, workLocation, projectRoot: repositoryRoot });
      return { engine, workLocation };
    };

    it('gives the bytes of a build in this thread, from every transform', async function () {
      const { engine, workLocation } = await open(this);
      await compareBuilds(directory(), engine, { module: fixture('every-transform.js'), name: 'every_transform' });
      assert.deepEqual(readdirSync(workLocation), []);
    });

    it('tears down in its workers what it has set up there', async function () {
      const file = join(directory(), 'resources');
      const { engine } = await open(this, { AILAB_TEST_RESOURCES: file });
      await runJob(directory(), { module: fixture('resources.js'), name: 'resources', config: 'good', engine });
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      const count = (what: string) => lines.filter((line) => line.startsWith(what)).length;
      assert.ok(count('setup') > 0);
      assert.equal(count('teardown'), count('setup'));
    });

    it("throws the author's own error, and leaves nothing behind", async function () {
      const { engine, workLocation } = await open(this);
      const options = { module: fixture('failures.js'), name: 'failures', config: 'inMap', engine };
      const failure = await runJob(directory(), options).catch((error: unknown) => error);
      assert.ok(failure instanceof DatasetsError && failure.code === 'USER_CODE', String(failure));
      assert.match(failure.message, /explode.* failed: TypeError: no 137 please/);
      assert.ok(failure.cause instanceof Error);
      assert.match(failure.cause.stack ?? '', /fixtures\/failures/);
      assert.deepEqual(readdirSync(workLocation), []);
    });
  });
}
