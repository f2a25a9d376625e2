import type { DescMethod, DescService, MessageShape } from '@bufbuild/protobuf';
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Server,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { deserializer, methodPath, serializer } from './wire.js';

type Handler<M extends DescMethod> = M['methodKind'] extends 'unary'
  ? handleUnaryCall<MessageShape<M['input']>, MessageShape<M['output']>>
  : M['methodKind'] extends 'server_streaming'
    ? handleServerStreamingCall<MessageShape<M['input']>, MessageShape<M['output']>>
    : handleBidiStreamingCall<MessageShape<M['input']>, MessageShape<M['output']>>;

/** One handler for each method of a service that is served; the others are answered with UNIMPLEMENTED. */
export type Handlers<S extends Pick<DescService, 'method'>> = {
  readonly [Name in keyof S['method']]?: Handler<S['method'][Name] & DescMethod>;
};

/**
 * Adds a generated service to a gRPC server.
 *
 * @example
 * const server = new Server(channelOptions);
 * serve(server, BeamFnExternalWorkerPool, { startWorker: (call, reply) => reply(null, create(StartWorkerResponseSchema)) });
 */
export function serve<S extends Pick<DescService, 'method' | 'methods'>>(
  server: Server,
  service: S,
  handlers: Handlers<S>,
): void {
  const definition: ServiceDefinition = Object.fromEntries(
    service.methods.map((method) => [method.localName, methodDefinition(method)]),
  );
  server.addService(definition, handlers as UntypedServiceImplementation);
}

function methodDefinition(method: DescMethod): ServiceDefinition[string] {
  return {
    path: methodPath(method),
    requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    requestSerialize: serializer(method.input),
    requestDeserialize: deserializer(method.input),
    responseSerialize: serializer(method.output),
    responseDeserialize: deserializer(method.output),
  };
}
