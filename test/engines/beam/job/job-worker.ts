/** The program of a worker whose DoFns the tests of jobs need; a payload names one. Takes Beam's flags. */
import type { DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import { runWorker } from '../../../../src/engines/beam/harness/run-worker.js';
import { readWorkerFlags } from '../../../../src/engines/beam/worker/worker-flags.js';
import { byPayload } from '../harness/small-pipeline.js';

const doFns: Readonly<Record<string, () => DoFn>> = {
  count: () => ({ process: (_element, c) => c.counter('elements', 3) }),
  speak: () => ({
    process: () => {
      console.log('a word on standard output');
      console.error('a word on standard error');
    },
  }),
  mistake: () => ({
    process: () => {
      throw new TypeError('the item has no price');
    },
  }),
  wait: () => ({
    process: (_element, c) => {
      console.log(`waiting in ${process.pid}`);
      return new Promise((_, reject) => {
        c.signal.addEventListener('abort', () => reject(c.signal.reason));
      });
    },
  }),
  die: () => ({
    process: () => {
      console.error('the last words');
      // When they are written.
      process.stderr.write('', () => process.kill(process.pid, 'SIGKILL'));
      return new Promise(() => undefined);
    },
  }),
};

process.once('disconnect', () => process.exit(0));
const { id, provisionEndpoint = '', ...endpoints } = readWorkerFlags(process.argv.slice(2));
// Prism provisions its processes with the one endpoint that it has.
const { controlEndpoint = provisionEndpoint, loggingEndpoint = provisionEndpoint } = endpoints;
await runWorker({ id, controlEndpoint, loggingEndpoint, createDoFn: byPayload(doFns) });
process.exit(0);
