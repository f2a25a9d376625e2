import { create, toBinary } from '@bufbuild/protobuf';
import type { WorkerEnvironment } from '../../src/engines/beam/job/submitter.js';
import {
  DockerPayloadSchema,
  type Pipeline,
  PipelineSchema,
} from '../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';

export const image = 'europe-docker.pkg.dev/ours/datasets/worker:1';

export function dockerEnvironment(): WorkerEnvironment {
  const payload = toBinary(DockerPayloadSchema, create(DockerPayloadSchema, { containerImage: image }));
  return { urn: 'beam:env:docker:v1', payload };
}

/** One transform in one environment: enough for whoever only looks at the job. */
export function smallPipeline({ urn, payload }: WorkerEnvironment = dockerEnvironment()): Pipeline {
  return create(PipelineSchema, {
    components: {
      transforms: {
        begin: { uniqueName: 'Begin', environmentId: 'workers', spec: { urn: 'beam:transform:pardo:v1' } },
      },
      environments: {
        workers: { urn, payload: Uint8Array.from(payload), capabilities: ['beam:protocol:sibling_workers:v1'] },
      },
    },
    rootTransformIds: ['begin'],
  });
}
