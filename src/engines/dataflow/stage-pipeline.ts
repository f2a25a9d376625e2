import { createHash } from 'node:crypto';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { internalError } from '../../core/errors/index.js';
import { openStorage } from '../../storage/index.js';
import { DockerPayloadSchema, type Pipeline, PipelineSchema } from '../beam/protos/pipeline/v1/beam_runner_api_pb.js';
import type { StagedEnvironment, StagedPipeline } from './job-request.js';

/** What Dataflow runs a worker in: nothing else. */
const dockerUrn = 'beam:env:docker:v1';
const digestLetters = 16;

/**
 * Puts the serialised pipeline into a bucket, under a name that its content gives: put there twice it is one object.
 *
 * @param directory `gs://bucket/prefix`
 * @throws DatasetsError what storage throws: BUCKET_UNKNOWN, STORAGE_DENIED, ...
 */
export async function stagePipeline(pipeline: Pipeline, directory: string): Promise<StagedPipeline> {
  const bytes = toBinary(PipelineSchema, pipeline);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const name = `pipeline-${sha256.slice(0, digestLetters)}.pb`;
  await openStorage(directory).createIfAbsent(name, bytes);
  return { url: `${directory}/${name}`, sha256, environments: environmentsOf(pipeline) };
}

/** Those that transforms run in, as Python's SDK names them to the service. */
export function environmentsOf({ components }: Pipeline): readonly StagedEnvironment[] {
  const used = new Set(Object.values(components?.transforms ?? {}).map(({ environmentId }) => environmentId));
  return Object.entries(components?.environments ?? {})
    .filter(([id]) => used.has(id))
    .map(([id, { urn, payload, capabilities }]) => {
      if (urn !== dockerUrn) throw internalError(`the pipeline for Dataflow runs in ${urn}, in place of a container`);
      return { id, image: fromBinary(DockerPayloadSchema, payload).containerImage, capabilities };
    });
}
