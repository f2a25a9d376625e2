import {
  create,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import type { CallOptions, ClientDuplexStream, ClientReadableStream } from '@grpc/grpc-js';
import { type ChannelOptions, Client, credentials, Metadata } from '@grpc/grpc-js';
import { deserializer, methodPath, serializer } from './wire.js';

/** How we talk to runners, as client and as server. */
export const channelOptions: ChannelOptions = {
  // Runners send blocks of any size in one message: 300 MB were seen from Prism, 600 MB from Python's runner.
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // A runner's services are beside the worker, or in its cluster: no web proxy leads there.
  'grpc.enable_http_proxy': 0,
  // Node's default of 64 KiB makes a round trip of every small block.
  'grpc-node.flow_control_window': 4 << 20,
};

/** A method of a generated service: `BeamFnControl.method.control`. */
export interface Method<Kind extends DescMethod['methodKind'], Input extends DescMessage, Output extends DescMessage>
  extends Pick<DescMethod, 'name' | 'parent'> {
  readonly methodKind: Kind;
  readonly input: Input;
  readonly output: Output;
}

/**
 * Opens a channel to a service of a runner. It connects at the first call. Whoever opened it closes it: an open one keeps the process alive.
 *
 * @param url `host:port`
 */
export function connect(url: string): Client {
  return new Client(url, credentials.createInsecure(), channelOptions);
}

/** What every call of a worker carries, unary ones included: runners serve several workers at one address. */
export function workerMetadata(workerId: string): Metadata {
  const metadata = new Metadata();
  metadata.set('worker_id', workerId);
  return metadata;
}

/**
 * Calls a method that takes one message and gives one.
 *
 * @throws the ServiceError of @grpc/grpc-js, with its status in `code`
 * @example
 * const { state } = await unary(client, JobService.method.getState, { jobId });
 */
export async function unary<Input extends DescMessage, Output extends DescMessage>(
  client: Client,
  method: Method<'unary', Input, Output>,
  request: MessageInitShape<Input>,
  metadata: Metadata = new Metadata(),
  options: CallOptions = {},
): Promise<MessageShape<Output>> {
  return await new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      methodPath(method),
      serializer(method.input),
      deserializer(method.output),
      create(method.input, request),
      metadata,
      options,
      (error, response) => {
        if (error !== null) reject(error);
        else if (response !== undefined) resolve(response);
      },
    );
  });
}

/** Calls a method that answers one message with many. Its stream emits `error` unless it ends well. */
export function serverStream<Input extends DescMessage, Output extends DescMessage>(
  client: Client,
  method: Method<'server_streaming', Input, Output>,
  request: MessageInitShape<Input>,
  metadata: Metadata = new Metadata(),
): ClientReadableStream<MessageShape<Output>> {
  return client.makeServerStreamRequest(
    methodPath(method),
    serializer(method.input),
    deserializer(method.output),
    create(method.input, request),
    metadata,
  );
}

/** Opens a stream of messages in both directions. */
export function bidirectional<Input extends DescMessage, Output extends DescMessage>(
  client: Client,
  method: Method<'bidi_streaming', Input, Output>,
  metadata: Metadata = new Metadata(),
  options: CallOptions = {},
): ClientDuplexStream<MessageShape<Input>, MessageShape<Output>> {
  return client.makeBidiStreamRequest(
    methodPath(method),
    serializer(method.input),
    deserializer(method.output),
    metadata,
    options,
  );
}
