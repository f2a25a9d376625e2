import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { DataflowConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { JobDetached, type JobMessage, type JobState, type RunningJob } from '../../src/engines/beam/job/submitter.js';
import { dataflowOptions } from '../../src/engines/dataflow/dataflow-options.js';
import { type DataflowBuild, DataflowSubmitter } from '../../src/engines/dataflow/dataflow-submitter.js';
import { defaultPatience } from '../../src/engines/dataflow/running-job.js';
import type { SubmissionOptions, WatchPatience } from '../../src/engines/dataflow/submission-options.js';
import { type Bucket, type Gcs, requireGcs } from '../gcs/index.js';
import {
  denied,
  doneAtOnce,
  type FakeDataflow,
  type FakeOptions,
  type Service,
  startFakeDataflow,
  tooMany,
  unavailable,
  untilCancelled,
} from './fake/index.js';
import { image, smallPipeline } from './small-pipeline.js';

const target = { dataset: 'product_a', config: 'men', version: '1.2.0', registry: 'gs://lab/registry' };
const build: DataflowBuild = {
  target,
  identity: '4f1c9a02',
  output: { formats: ['tfrecord'] },
  demands: { timeoutSeconds: 3600 },
};
const staged = { workLocation: 'gs://lab/work/1', name: 'job.json', digest: 'd'.repeat(64) };
const patience: WatchPatience = {
  ...defaultPatience,
  firstPause: 1,
  longestPause: 20,
  reason: 200,
  requests: { ...defaultPatience.requests, firstDelayMilliseconds: 1, maxDelayMilliseconds: 20 },
};

describe('a job on Dataflow', () => {
  let gcs: Gcs;
  let bucket: Bucket;
  let fake: FakeDataflow;

  before(async function () {
    gcs = await requireGcs(this);
    bucket = await gcs.newBucket();
  });
  afterEach(() => fake.stop());

  const start = async (options: FakeOptions = {}): Promise<void> => {
    fake = await startFakeDataflow(options);
  };
  const submitter = (
    how: SubmissionOptions = {},
    other: Partial<DataflowBuild> = {},
    settings: DataflowConfig = {},
  ) => {
    const temp = bucket.url.replace('/registry', '/temp');
    const options = dataflowOptions({ project: 'ours', region: 'europe-west4', temp, image, ...settings });
    return new DataflowSubmitter(options, { ...build, ...other }, { patience, ...how });
  };
  const submit = (how?: SubmissionOptions, other?: Partial<DataflowBuild>) =>
    submitter(how, other).submit(smallPipeline(), { name: 'ignored', staged });
  const follow = async (job: RunningJob, signal = new AbortController().signal) => {
    const states: JobState[] = [];
    const messages: JobMessage[] = [];
    let counters: unknown;
    const ended = await job.watch({
      signal,
      onState: (state) => states.push(state),
      onMessage: (message) => messages.push(message),
      onMetrics: (all) => {
        counters = all;
      },
    });
    return { ended, states, messages: messages.map(({ importance, text }) => `${importance}: ${text}`), counters };
  };
  const refused = async (run: Promise<unknown>, code: string, ...parts: readonly RegExp[]): Promise<void> => {
    await assert.rejects(run, (error: unknown) => {
      assert.ok(error instanceof DatasetsError, String(error));
      assert.equal(error.code, code, error.message);
      for (const part of parts) assert.match(`${error.message}\nhint: ${error.hint}`, part);
      return true;
    });
  };

  describe('that is submitted', () => {
    it('is taken by a service that knows every field, with its pipeline, its deadline and its labels', async () => {
      await start();
      const job = await submit();
      const [taken] = fake.jobs;
      assert.equal(job.id, taken?.id);
      assert.equal(job.url, `https://console.cloud.google.com/dataflow/jobs/europe-west4/${job.id}?project=ours`);
      assert.deepEqual(taken?.request.labels, {
        'ailab-dataset': 'product_a',
        'ailab-config': 'men',
        'ailab-version': '1-2-0',
      });
      assert.match(taken?.request.name ?? '', /^product-a-men-1-2-0-/);
      assert.match(JSON.stringify(taken?.request), /max_workflow_runtime_walltime_seconds=3600/);
    });

    it('runs in a container of the image that the settings name', async () => {
      await start();
      const environment = await submitter().openEnvironment();
      await submitter().submit(smallPipeline(environment), { name: 'ignored', staged });
      assert.equal(fake.jobs.length, 1);
    });

    it('is made once where the service is busy, drops connections, or answers through a broken proxy', async () => {
      await start({
        faults: [
          { on: 'jobs.create', reply: unavailable },
          { on: 'jobs.create', reply: tooMany },
          { on: 'jobs.create', reply: 'broken' },
          { on: 'jobs.create', reply: 'no json' },
        ],
      });
      await submit();
      assert.equal(fake.jobs.length, 1);
      assert.equal(fake.callsOf('jobs.create').length, 5);
    });

    it('is made once where the reply to its creation is lost', async () => {
      await start({ faults: [{ on: 'jobs.create', reply: 'lost reply' }], service: untilCancelled });
      const job = await submit();
      assert.deepEqual(
        fake.jobs.map(({ id }) => id),
        [job.id],
      );
    });

    it('is refused with the role that is missing', async () => {
      await start({ faults: [{ on: 'jobs.create', reply: denied }] });
      await refused(submit(), 'JOB_REFUSED', /may not create the job product-a-men/, /roles\/dataflow\.developer/);
    });

    it('is refused with the command that enables the API', async () => {
      const message = 'Dataflow API has not been used in project ours before or it is disabled.';
      await start({ faults: [{ on: 'jobs.create', reply: { status: 403, message } }] });
      await refused(submit(), 'JOB_REFUSED', /gcloud services enable dataflow\.googleapis\.com --project=ours/);
    });

    it('is refused where its bucket is not there, before Dataflow is asked', async () => {
      await start();
      const elsewhere = submitter({}, {}, { temp: 'gs://no-such-bucket-here/temp' });
      await refused(elsewhere.submit(smallPipeline(), { name: 'ignored', staged }), 'BUCKET_UNKNOWN');
      assert.equal(fake.callsOf('jobs.create').length, 0);
    });

    it('is written where a template is asked for, and not run', async () => {
      await start();
      const templateLocation = `${bucket.url}/templates/job.json`;
      await assert.rejects(submit({ templateLocation }), (error: unknown) => {
        assert.ok(error instanceof JobDetached);
        assert.match(error.message, /written to gs:\/\/test-.*\/templates\/job\.json/);
        return true;
      });
      const written = JSON.parse(
        Buffer.from((await bucket.storage.read('templates/job.json')) ?? []).toString(),
      ) as object;
      assert.match(String(Reflect.get(written, 'name')), /^product-a-men/);
      assert.ok(!('clientRequestId' in written), 'a second run of the template would be taken for the first');
      assert.equal(fake.jobs.length, 0);
    });
  });

  describe('that is watched', () => {
    it('tells its states, its messages once, and its counters', async () => {
      const service: Service = async (job) => {
        job.become('PENDING');
        const time = new Date('2026-11-21T10:00:00.123Z');
        for (const worker of [1, 2, 3]) job.say('BASIC', `Worker ${worker} has started.`, time);
        job.say('DEBUG', 'for Dataflow alone', time);
        job.become('RUNNING');
        await untilAsked('messages.list', 3);
        job.count('stage/Run', 'rows', 'stage', 7, true);
        job.count('stage/Run', 'rows', 'stage', 5);
        job.say('WARNING', 'A hot key was detected.', new Date('2026-11-21T10:00:01Z'));
        await untilAsked('messages.list', 5);
        job.become('DONE');
      };
      await start({ service });
      const { ended, states, messages, counters } = await follow(await submit());
      assert.equal(ended, 'done');
      assert.deepEqual(states.slice(-2), ['running', 'done']);
      assert.deepEqual(messages, [
        'basic: Worker 1 has started.',
        'basic: Worker 2 has started.',
        'basic: Worker 3 has started.',
        'warning: A hot key was detected.',
      ]);
      assert.deepEqual(counters, [
        { transform: 'stage/Run', namespace: 'rows', name: 'stage', attempted: 7n, committed: 5n },
      ]);
    });

    it('is waited for through times in which Dataflow is busy, and in the moments before it is found', async () => {
      const absent = { status: 404, message: 'Information about the job could not be found.' };
      await start({
        faults: [
          { on: 'jobs.get', times: 2, reply: absent },
          { on: 'jobs.get', reply: unavailable },
          { on: 'messages.list', reply: tooMany },
          { on: 'jobs.getMetrics', reply: 'broken' },
        ],
      });
      assert.equal((await follow(await submit())).ended, 'done');
    });

    it('shows the first error of a worker with its transform when it fails, though it comes late', async () => {
      const service: Service = async (job) => {
        job.become('RUNNING');
        job.become('FAILED');
        await untilAsked('messages.list', 3);
        job.say(
          'ERROR',
          "Error message from worker: generic::unknown: USER_CODE: no price [while running 'toExample/Run-ptransform-22']\n\npassed through:\n==>\n    dist_proc/dax/workflow/worker/fnapi_service_impl.cc:1212",
        );
        job.say(
          'ERROR',
          'Workflow failed. Causes: S01:toExample/Run failed., The job failed because a work item has failed 4 times.',
        );
      };
      await start({ service });
      const job = await submit();
      assert.equal((await follow(job)).ended, 'failed');
      const failure =
        'failure' in job && typeof job.failure === 'function' ? (job.failure() as DatasetsError) : undefined;
      assert.equal(failure?.code, 'JOB_FAILED');
      assert.match(
        failure?.message ?? '',
        /^the job \S+ on Dataflow failed: USER_CODE: no price \[while running[^\n]*$/,
      );
      assert.equal(failure?.at.transform, 'toExample/Run');
      assert.match(failure?.hint ?? '', /console\.cloud\.google\.com/);
    });

    it('is said to have vanished when it stays away', async () => {
      await start({ service: untilCancelled });
      const job = await submit();
      const watching = follow(job);
      await untilAsked('jobs.get', 1);
      for (const each of fake.jobs) fake.forget(each);
      await refused(watching, 'JOB_FAILED', /is not on Dataflow any more/);
    });

    it('goes on where nobody is to wait, and where the submitter is taken away', async () => {
      await start({ service: untilCancelled });
      const detached = await submit({ detach: true });
      await assert.rejects(follow(detached), (error) => error instanceof JobDetached && error.jobId === detached.id);
      const preempted = new AbortController();
      const joined = await submitter().findRunning();
      assert.ok(joined !== undefined);
      const watching = follow(joined.job, preempted.signal);
      await untilAsked('jobs.getMetrics', 1);
      preempted.abort(new DatasetsError('PREEMPTED', 'interrupted by SIGTERM'));
      await assert.rejects(watching, (error) => error instanceof JobDetached && error.code === 'PREEMPTED');
      assert.equal(fake.jobs[0]?.state, 'RUNNING');
    });

    it('goes on where its submitter breaks of an error that nothing caught', async () => {
      await start({ service: untilCancelled });
      const broken = new AbortController();
      const watching = follow(await submit(), broken.signal);
      await untilAsked('jobs.getMetrics', 1);
      broken.abort(new DatasetsError('USER_CODE', 'an error was thrown outside of any task'));
      await assert.rejects(watching, (error) => error instanceof JobDetached);
      assert.equal(fake.jobs[0]?.state, 'RUNNING');
    });

    it('goes on where Dataflow can not be reached any more, with the command that attaches to it', async () => {
      await start({ service: untilCancelled, faults: [{ on: 'messages.list', times: 1000, reply: 'broken' }] });
      const requests = { ...patience.requests, maxAttempts: 2 };
      const job = await submit({ patience: { ...patience, silence: 0, requests } });
      await refused(
        follow(job),
        'JOB_SERVICE_UNREACHABLE',
        /does not answer.*the job \S+ goes on/,
        /ailab-datasets attach/,
      );
      assert.equal(fake.jobs[0]?.state, 'RUNNING');
    });
  });

  describe('that is cancelled', () => {
    it('rejects the watch with the reason, and is cancelled when that is asked for', async () => {
      await start({ service: untilCancelled });
      const job = await submit();
      const controller = new AbortController();
      const watching = follow(job, controller.signal);
      await untilAsked('jobs.getMetrics', 1);
      const reason = new DatasetsError('INTERRUPTED', 'interrupted by SIGINT');
      controller.abort(reason);
      await assert.rejects(watching, (error) => error === reason);
      assert.equal(fake.jobs[0]?.state, 'RUNNING');
      await job.cancel();
      assert.equal(fake.jobs[0]?.state, 'CANCELLED');
      await job.cancel();
    });

    it('is cancelled where the interruption comes while it is created', async () => {
      await start({ service: untilCancelled });
      const controller = new AbortController();
      const submitting = submitter().submit(smallPipeline(), { name: 'ignored', staged, signal: controller.signal });
      await untilAsked('jobs.create', 1);
      controller.abort(new DatasetsError('INTERRUPTED', 'interrupted by SIGINT'));
      await refused(submitting, 'INTERRUPTED');
      assert.equal(fake.jobs[0]?.state, 'CANCELLED');
    });
  });

  describe('of which there is one already', () => {
    it('is found among other jobs and joined, with what was staged for it', async () => {
      await start({ service: untilCancelled });
      for (const version of ['1.0.0', '1.1.0']) await submit({}, { target: { ...target, version } });
      const first = await submit();
      const found = await submitter().findRunning();
      assert.equal(found?.job.id, first.id);
      assert.deepEqual(found?.staged, staged);
    });

    it('is not found when it is over', async () => {
      await start({ service: doneAtOnce });
      await follow(await submit());
      assert.equal(await submitter().findRunning(), undefined);
      assert.equal((await follow(await submit())).ended, 'done');
      assert.equal(fake.jobs.length, 2);
    });

    it('is refused where it is of other code, with the command that cancels it', async () => {
      await start({ service: untilCancelled });
      await submit();
      const other = submitter({}, { identity: 'another' });
      await refused(
        other.findRunning(),
        'BUILD_RUNNING',
        /from other code or with other settings/,
        /gcloud dataflow jobs cancel/,
      );
    });

    for (const duplicates of ['first one', '409'] as const) {
      it(`is never made twice, also by two who submit at once, of which the service gives the second ${duplicates}`, async () => {
        await start({ service: untilCancelled, duplicates });
        await submit();
        const elsewhere = { ...staged, workLocation: 'gs://lab/work/2' };
        const second = submitter().submit(smallPipeline(), { name: 'ignored', staged: elsewhere });
        await refused(second, 'BUILD_RUNNING', /started by somebody else/, /it joins that job/);
        assert.equal(fake.jobs.length, 1);
      });
    }
  });

  describe('that somebody attaches to', () => {
    it('is found by its id, also when it is over', async () => {
      await start({ service: doneAtOnce });
      const job = await submit();
      await follow(job);
      const found = await submitter({ attach: job.id }).findRunning();
      assert.ok(found !== undefined);
      assert.deepEqual(found.staged, staged);
      assert.equal((await follow(found.job)).ended, 'done');
    });

    it('is refused where the project has none of this id in the region', async () => {
      await start({ service: doneAtOnce });
      await refused(submitter({ attach: 'gone' }).findRunning(), 'BUILD_UNKNOWN', /gone/, /--region/);
    });
  });

  /** Until the service was asked so often. */
  async function untilAsked(method: Parameters<FakeDataflow['callsOf']>[0], times: number): Promise<void> {
    while (fake.callsOf(method).length < times) await once(fake.requests, 'request', { signal: fake.stopped });
  }
});
