import type { DoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import { runWorker } from '../../../../src/engines/beam/harness/run-worker.js';
import { byPayload } from './small-pipeline.js';

const [endpoint = ''] = process.argv.slice(2);

let peakBytes = 0;
const sampling = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}, 10);

const echo = (): DoFn => ({ process: (element, c) => c.emit('out', element) });

await runWorker({
  id: 'worker-7',
  controlEndpoint: endpoint,
  loggingEndpoint: endpoint,
  createDoFn: byPayload({ echo }),
});
clearInterval(sampling);
process.send?.({ peakBytes });
process.disconnect();
