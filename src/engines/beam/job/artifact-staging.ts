import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { DatasetsError } from '../../../core/errors/index.js';
import {
  type ArtifactRequestWrapper,
  ArtifactResponseWrapperSchema,
  ArtifactStagingService,
} from '../protos/job_management/v1/beam_artifact_api_pb.js';
import { bidirectional, connect } from '../rpc/channel.js';

/**
 * Lets the job service ask for the files that the environments of a job name as dependencies. Ours name none: a worker has its code from its image or its checkout. So there is nothing to
 * send, and a service that asks for a file all the same is told no: what lies on this machine is not its business.
 *
 * @param endpoint `host:port` that came with the prepared job
 * @param stagingToken the session's
 * @param deadline milliseconds since 1970
 * @throws the ServiceError of @grpc/grpc-js; DatasetsError JOB_REFUSED when it asks for a file
 */
export async function stageArtifacts(endpoint: string, stagingToken: string, deadline: number): Promise<void> {
  const client = connect(endpoint);
  try {
    await new Promise<void>((resolve, reject) => {
      const stream = bidirectional(client, ArtifactStagingService.method.reverseArtifactRetrievalService, undefined, {
        deadline,
      });
      const send = (response: MessageInitShape<typeof ArtifactResponseWrapperSchema>): void => {
        stream.write(create(ArtifactResponseWrapperSchema, { stagingToken, ...response }));
      };
      stream.on('error', reject);
      // The service may end without any question.
      stream.on('end', () => {
        stream.end();
        resolve();
      });
      stream.on('data', ({ request }: ArtifactRequestWrapper) => {
        switch (request.case) {
          case 'resolveArtifact':
            send({
              response: { case: 'resolveArtifactResponse', value: { replacements: request.value.artifacts } },
              isLast: true,
            });
            break;
          case 'getArtifact':
            reject(unknownArtifact(endpoint, request.value.artifact?.typeUrn ?? ''));
            stream.cancel();
            break;
        }
      });
      // The service waits for the token before it asks.
      send({});
    });
  } finally {
    client.close();
  }
}

function unknownArtifact(endpoint: string, typeUrn: string): DatasetsError {
  return new DatasetsError(
    'JOB_REFUSED',
    `the job service at ${endpoint} wants a file that the job does not have: ${typeUrn}`,
    {
      hint: "Jobs of this package stage no files: the workers' image has the code. Take another runner, or another version of it.",
    },
  );
}
