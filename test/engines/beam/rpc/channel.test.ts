import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import {
  BeamFnControl,
  BeamFnData,
  type Elements,
  ElementsSchema,
  ProcessBundleDescriptorSchema,
} from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import {
  JobService,
  JobStateEventSchema,
} from '../../../../src/engines/beam/protos/job_management/v1/beam_job_api_pb.js';
import {
  bidirectional,
  channelOptions,
  connect,
  serverStream,
  unary,
  workerMetadata,
} from '../../../../src/engines/beam/rpc/channel.js';
import { serve } from '../../../../src/engines/beam/rpc/serve.js';

/** More than gRPC takes of itself: 4 MiB. */
const large = Buffer.alloc(20 << 20, 'x');

describe('a channel to a service of a runner', () => {
  let server: Server;
  let url = '';

  beforeEach(async () => {
    server = new Server(channelOptions);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('localhost:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    url = `localhost:${port}`;
  });

  afterEach(() => server.forceShutdown());

  it('calls methods with their types, and tells the worker', async () => {
    serve(server, BeamFnControl, {
      getProcessBundleDescriptor: ({ request, metadata }, reply) => {
        const id = `${request.processBundleDescriptorId} for ${metadata.get('worker_id').join()}`;
        reply(null, create(ProcessBundleDescriptorSchema, { id }));
      },
    });
    const client = connect(url);
    const method = BeamFnControl.method.getProcessBundleDescriptor;
    const { id } = await unary(client, method, { processBundleDescriptorId: 'stage-1' }, workerMetadata('worker-7'));
    assert.equal(id, 'stage-1 for worker-7');
    client.close();
  });

  it('passes messages of any size, in both directions', async () => {
    serve(server, BeamFnData, {
      data: (call) => {
        call.on('data', (elements: Elements) => call.write(elements));
        call.on('end', () => call.end());
      },
    });
    const client = connect(url);
    const call = bidirectional(client, BeamFnData.method.data);
    call.write(create(ElementsSchema, { data: [{ instructionId: 'bundle', data: large }] }));
    const [block] = await new Promise<Elements['data']>((resolve, reject) => {
      call.once('data', ({ data }: Elements) => resolve(data));
      call.once('error', reject);
    });
    assert.ok(large.equals(block?.data ?? new Uint8Array()));
    call.end();
    client.close();
  });

  it('reads a stream to its end', async () => {
    serve(server, JobService, {
      getStateStream: (call) => {
        for (const state of [1, 2, 3]) call.write(create(JobStateEventSchema, { state }));
        call.end();
      },
    });
    const client = connect(url);
    const states: number[] = [];
    for await (const { state } of serverStream(client, JobService.method.getStateStream, { jobId: 'job' }))
      states.push(state);
    assert.deepEqual(states, [1, 2, 3]);
    client.close();
  });

  it('says what a service does not serve', async () => {
    serve(server, BeamFnControl, {});
    const client = connect(url);
    const asked = unary(client, BeamFnControl.method.getProcessBundleDescriptor, {});
    await assert.rejects(asked, ({ code }: ServiceError) => code === status.UNIMPLEMENTED);
    client.close();
  });

  it('does not go through a web proxy', async () => {
    serve(server, BeamFnControl, {
      getProcessBundleDescriptor: (_call, reply) =>
        reply(null, create(ProcessBundleDescriptorSchema, { id: 'reached' })),
    });
    const { http_proxy: before, no_proxy: without } = process.env;
    // Nothing listens on port 1.
    process.env['http_proxy'] = 'http://127.0.0.1:1';
    delete process.env['no_proxy'];
    try {
      const client = connect(url);
      assert.equal((await unary(client, BeamFnControl.method.getProcessBundleDescriptor, {})).id, 'reached');
      client.close();
    } finally {
      restore('http_proxy', before);
      restore('no_proxy', without);
    }
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
