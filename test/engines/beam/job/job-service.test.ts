import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createWebServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { create } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import { DatasetsError } from '../../../../src/core/errors/index.js';
import {
  GetArtifactRequestSchema,
  ResolveArtifactsRequestSchema,
} from '../../../../src/engines/beam/protos/job_management/v1/beam_artifact_api_pb.js';
import { JobState_Enum as State } from '../../../../src/engines/beam/protos/job_management/v1/beam_job_api_pb.js';
import { requirePrism } from '../../../beam/index.js';
import { freePort } from '../../../free-port.js';
import { FakeJobService, type FakeJobServiceOptions, sayMessage, sayState } from './fake-job-service.js';
import { openSubmitter, type SubmitterOptions, smallPipeline, startJob } from './small-job.js';

/** Nobody works for these jobs: only the job service is asked. */
const elsewhere = { kind: 'docker', image: 'lab/worker:1' } as const;

/** The error of a job that can't be handed in. */
async function refused(endpoint: string, options: SubmitterOptions = {}): Promise<DatasetsError> {
  const submitter = openSubmitter(endpoint, { environment: elsewhere, ...options });
  try {
    await startJob(submitter, 'count');
  } catch (error) {
    assert.ok(error instanceof DatasetsError, String(error));
    assert.ok(error.hint !== undefined && error.hint !== '');
    return error;
  } finally {
    await submitter.close();
  }
  throw new Error('the job was taken');
}

describe('a job service', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  const listen = async (server: Server): Promise<string> => {
    servers.push(server.listen(0, '127.0.0.1'));
    server.on('connection', (socket) => sockets.push(socket));
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const fakes: FakeJobService[] = [];
  const startFake = async (options?: FakeJobServiceOptions): Promise<FakeJobService> => {
    const fake = await FakeJobService.start(options);
    fakes.push(fake);
    return fake;
  };
  afterEach(() => {
    for (const fake of fakes.splice(0)) fake.stop();
    for (const server of servers.splice(0)) server.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  it('that is not there is named, with what to do', async () => {
    const endpoint = `127.0.0.1:${await freePort()}`;
    const error = await refused(endpoint);
    assert.equal(error.code, 'JOB_SERVICE_UNREACHABLE');
    assert.ok(error.message.includes(endpoint), error.message);
    assert.match(error.hint ?? '', /--job-endpoint/);
  });

  it('that is a web server is none', async () => {
    const { code } = await refused(await listen(createWebServer((_request, response) => response.end('hello'))));
    assert.equal(code, 'JOB_SERVICE_UNREACHABLE');
  });

  it('that never answers is not waited for for ever', async () => {
    const { code, message } = await refused(await listen(createServer()), { patience: { answer: 300 } });
    assert.equal(code, 'JOB_SERVICE_UNREACHABLE');
    assert.match(message, /does not answer/);
  });

  it('that speaks of something else than jobs is none', async () => {
    const { endpoint } = await startFake({ refusal: { code: status.UNIMPLEMENTED, details: 'unknown service' } });
    const { code, message } = await refused(endpoint);
    assert.equal(code, 'JOB_SERVICE_UNREACHABLE');
    assert.match(message, /is no job service of Beam/);
  });

  it('that refuses a pipeline is quoted', async function () {
    const { endpoint } = await requirePrism(this);
    const submitter = openSubmitter(endpoint, { environment: elsewhere });
    const pipeline = smallPipeline(await submitter.openEnvironment(), 'count');
    pipeline.requirements = ['test:requirement:v1'];
    await assert.rejects(submitter.submit(pipeline, { name: 'refused' }), (error: unknown) => {
      assert.ok(error instanceof DatasetsError, String(error));
      assert.equal(error.code, 'JOB_REFUSED');
      assert.match(error.message, /doesn't support the following required features: test:requirement:v1/);
      return true;
    });
    await submitter.close();
  });

  it('gets the options by the names of the portable API', async () => {
    const fake = await startFake();
    const submitter = openSubmitter(fake.endpoint, { environment: elsewhere });
    const pipeline = smallPipeline(await submitter.openEnvironment(), 'count');
    await submitter.submit(pipeline, { name: 'small', pipelineOptions: { parallelism: 8 } });
    await submitter.close();
    const [{ jobName, pipelineOptions } = {}] = fake.prepared;
    assert.equal(jobName, 'small');
    assert.deepEqual(pipelineOptions, {
      'beam:option:job_name:v1': 'small',
      'beam:option:experiments:v1': ['beam_fn_api'],
      'beam:option:parallelism:v1': 8,
    });
  });

  it('that asks what the files of a job are is told that they are what they are', async () => {
    const value = create(ResolveArtifactsRequestSchema, { artifacts: [] });
    const fake = await startFake({ artifactQuestions: [{ case: 'resolveArtifact', value }] });
    const submitter = openSubmitter(fake.endpoint, { environment: elsewhere });
    await submitter.submit(smallPipeline(await submitter.openEnvironment(), 'count'), { name: 'small' });
    await submitter.close();
    assert.deepEqual(fake.artifactAnswers, [
      ['token', undefined],
      ['token', 'resolveArtifactResponse'],
    ]);
  });

  it('that asks for a file of this machine gets none', async () => {
    const value = create(GetArtifactRequestSchema, {
      artifact: { typeUrn: 'beam:artifact:type:file:v1', typePayload: new TextEncoder().encode('/etc/passwd') },
    });
    const fake = await startFake({ artifactQuestions: [{ case: 'getArtifact', value }] });
    const { code, message } = await refused(fake.endpoint);
    assert.equal(code, 'JOB_REFUSED');
    assert.match(message, /beam:artifact:type:file:v1/);
    assert.deepEqual(fake.artifactAnswers, [['token', undefined]]);
  });

  it('that breaks off its messages is asked again, and what it said is told once', async () => {
    const fake = await startFake({
      onMessageStream: (stream, streamsBefore) => {
        sayState(stream, State.RUNNING);
        sayMessage(stream, 'the disk fills');
        if (streamsBefore === 0) return void stream.emit('error', { code: status.UNAVAILABLE, details: 'gone' });
        sayMessage(stream, 'the disk is full');
        sayState(stream, State.FAILED);
        stream.end();
      },
    });
    const submitter = openSubmitter(fake.endpoint, { environment: elsewhere });
    const { watched, end } = await startJob(submitter, 'count');
    assert.equal(await end, 'failed');
    assert.deepEqual(watched.states, ['running', 'failed']);
    assert.deepEqual(
      watched.messages.all.map(({ text }) => text),
      ['the disk fills', 'the disk is full'],
    );
    await submitter.close();
  });

  it('that goes away while the job runs is given up', async () => {
    const fake = await startFake({ onMessageStream: (stream) => sayMessage(stream, 'it begins') });
    const submitter = openSubmitter(fake.endpoint, { environment: elsewhere, patience: { silence: 300 } });
    const { watched, end } = await startJob(submitter, 'count');
    await watched.messages.reach(1);
    fake.stop();
    await assert.rejects(end, { code: 'JOB_SERVICE_UNREACHABLE' });
    await submitter.close();
  });

  it('is not told to run a job whose submitter was stopped meanwhile', async () => {
    const fake = await startFake();
    const submitter = openSubmitter(fake.endpoint, { environment: elsewhere });
    const pipeline = smallPipeline(await submitter.openEnvironment(), 'count');
    const stop = new AbortController();
    const submitting = submitter.submit(pipeline, { name: 'small', signal: stop.signal });
    stop.abort(new Error('Ctrl-C'));
    await assert.rejects(submitting, /Ctrl-C/);
    await submitter.close();
    assert.equal(fake.runs, 0);
  });

  it('is told to cancel a job that nobody watches any more', async () => {
    const fake = await startFake();
    const submitter = openSubmitter(fake.endpoint, { environment: elsewhere });
    const { job, watched, end } = await startJob(submitter, 'count');
    watched.stop(new Error('Ctrl-C'));
    await assert.rejects(end, /Ctrl-C/);
    await job.cancel();
    // Over by now: there is nothing to cancel.
    await job.cancel();
    assert.deepEqual(fake.cancelled, ['job-1']);
    await submitter.close();
  });
});
