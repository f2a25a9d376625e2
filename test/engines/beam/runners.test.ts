import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BeamEngine } from '../../../src/engines/beam/beam-engine.js';
import { PortableSubmitter } from '../../../src/engines/beam/job/portable-submitter.js';
import { type RunnerProcess, requirePrism, requirePythonRunner } from '../../beam/index.js';
import { repositoryRoot } from '../../oracle/index.js';
import { digests, runJob } from '../run-job.js';
import { temporaryDirectory } from '../temporary-directory.js';

const program = new URL('../../../src/engines/beam/worker/worker-main.js', import.meta.url);

interface Runner {
  readonly name: string;
  start(context: Mocha.Context): Promise<RunnerProcess>;
}

const runners: readonly Runner[] = [
  { name: 'Prism', start: (context) => requirePrism(context) },
  { name: "Python's runner with 2 workers", start: (context) => requirePythonRunner(context, { workers: 2 }) },
];

/** Together they use every transform. */
const configs = ['elementwise', 'groups', 'sideInputs', 'fannedOut', 'relayed', 'joined'] as const;

for (const { name, start } of runners) {
  describe(`a build on ${name}`, () => {
    const directory = temporaryDirectory();
    const open = async (context: Mocha.Context) => {
      const { endpoint } = await start(context);
      const env = { AILAB_DATASETS_PROJECT: repositoryRoot };
      const submitter = new PortableSubmitter({
        endpoint,
        environment: { kind: 'loopback' },
        workers: { program, env },
      });
      const workLocation = join(directory(), 'work-location');
      const engine = new BeamEngine({ name: 'beam', submitter, workLocation, projectRoot: repositoryRoot });
      return { engine, workLocation };
    };

    for (const config of configs) {
      it(`gives the bytes of a build in this thread: ${config}`, async function () {
        this.timeout(120_000);
        const { engine, workLocation } = await open(this);
        const expected = await runJob(directory(), { config });
        const run = await runJob(directory(), { config, engine });
        assert.deepEqual(digests(run), digests(expected));
        assert.deepEqual(readdirSync(workLocation), []);
      });
    }
  });
}
