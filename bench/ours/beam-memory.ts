/** Sends 30 MB, then 300 MB of elements through a worker process. The last line is JSON: its largest memory each time, bytes. */
import { flowThroughWorker } from '../../test/engines/beam/harness/flow-through-worker.js';

const few = await flowThroughWorker(30);
const many = await flowThroughWorker(300);
console.log(JSON.stringify({ few, many }));
