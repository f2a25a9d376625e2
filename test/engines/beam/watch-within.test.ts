import assert from 'node:assert/strict';
import type { RunningJob } from '../../../src/engines/beam/job/submitter.js';
import { watchWithin } from '../../../src/engines/beam/watch-within.js';

/** Ends when nobody waits for it any more. */
const endless: RunningJob = {
  id: 'job-1',
  watch: ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    }),
  cancel: async () => {},
};
const { signal } = new AbortController();

describe('a job with a deadline', () => {
  it('fails when its time is over', async () => {
    await assert.rejects(watchWithin(0.01, endless, { signal }), {
      code: 'JOB_FAILED',
      message: 'the job job-1 took longer than 0.01 s, and is cancelled',
    });
  });

  it('ends as it ends by itself before', async () => {
    const done: RunningJob = { ...endless, watch: async () => 'done' };
    assert.equal(await watchWithin(60, done, { signal }), 'done');
    const failing: RunningJob = { ...endless, watch: () => Promise.reject(new RangeError('its own')) };
    await assert.rejects(watchWithin(60, failing, { signal }), RangeError);
  });

  it('is interrupted as one without', async () => {
    const controller = new AbortController();
    const watching = watchWithin(60, endless, { signal: controller.signal });
    controller.abort(new RangeError('Ctrl-C'));
    await assert.rejects(watching, RangeError);
  });
});
