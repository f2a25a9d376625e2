import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  DockerPayloadSchema,
  ExternalPayloadSchema,
  ProcessPayloadSchema,
} from '../protos/pipeline/v1/beam_runner_api_pb.js';
import type { WorkerEnvironment } from './submitter.js';

/** Workers that the runner asks a pool for: at `host:port`, a BeamFnExternalWorkerPool. `params` go with each request. */
export function externalEnvironment(
  endpoint: string,
  params: Readonly<Record<string, string>> = {},
): WorkerEnvironment {
  return environment('beam:env:external:v1', ExternalPayloadSchema, { endpoint: { url: endpoint }, params });
}

/** Workers that the runner starts by a command on its own machines, with Beam's flags behind it. */
export function processEnvironment(command: string): WorkerEnvironment {
  return environment('beam:env:process:v1', ProcessPayloadSchema, { command });
}

/** Workers that the runner starts from an image. */
export function dockerEnvironment(containerImage: string): WorkerEnvironment {
  return environment('beam:env:docker:v1', DockerPayloadSchema, { containerImage });
}

function environment<Schema extends DescMessage>(
  urn: string,
  schema: Schema,
  payload: MessageInitShape<Schema>,
): WorkerEnvironment {
  return { urn, payload: toBinary(schema, create(schema, payload)) };
}
