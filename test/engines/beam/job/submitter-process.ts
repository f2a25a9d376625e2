/** A submitter that is to be killed: submits a job whose worker waits for ever, and says where that is. */
import { openSubmitter, startJob } from './small-job.js';

const [endpoint = ''] = process.argv.slice(2);
const { watched } = await startJob(openSubmitter(endpoint), 'wait');
process.send?.(await watched.waitingWorker());
