import { create } from '@bufbuild/protobuf';
import type { Client } from '@grpc/grpc-js';
import {
  ArtifactResponseWrapperSchema,
  ArtifactStagingService,
} from '../../../../src/engines/beam/protos/job_management/v1/beam_artifact_api_pb.js';
import {
  JobMessage_MessageImportance as Importance,
  JobService,
  JobState_Enum as State,
} from '../../../../src/engines/beam/protos/job_management/v1/beam_job_api_pb.js';
import type { Pipeline } from '../../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { bidirectional, connect, serverStream, unary } from '../../../../src/engines/beam/rpc/channel.js';

export interface JobOutcome {
  /** DONE, FAILED, CANCELLED. */
  readonly state: string;
  /** Errors that the runner wrote. */
  readonly errors: readonly string[];
  /** Committed user counters, by `transform/name`. */
  readonly counters: ReadonlyMap<string, bigint>;
  readonly seconds: number;
}

/** Hands a pipeline to a job service, and waits for its end. */
export async function submitJob(endpoint: string, pipeline: Pipeline): Promise<JobOutcome> {
  const client = connect(endpoint);
  const started = performance.now();
  try {
    const prepared = await unary(client, JobService.method.prepare, { pipeline, jobName: 'harness' });
    const staging = prepared.artifactStagingEndpoint?.url ?? '';
    if (staging !== '') await stageNothing(staging, prepared.stagingSessionToken);
    const { jobId } = await unary(client, JobService.method.run, { preparationId: prepared.preparationId });
    const { state, errors } = await watch(client, jobId);
    const seconds = (performance.now() - started) / 1000;
    return { state: State[state] ?? '', errors, counters: await readCounters(client, jobId), seconds };
  } finally {
    client.close();
  }
}

/** The service asks for artifacts, and there are none. */
async function stageNothing(endpoint: string, stagingToken: string): Promise<void> {
  const client = connect(endpoint);
  const call = bidirectional(client, ArtifactStagingService.method.reverseArtifactRetrievalService);
  await new Promise<void>((resolve, reject) => {
    call.on('end', resolve);
    call.on('error', reject);
    call.on('data', () => {
      const response = { case: 'resolveArtifactResponse', value: {} } as const;
      call.write(create(ArtifactResponseWrapperSchema, { stagingToken, response }));
    });
    call.write(create(ArtifactResponseWrapperSchema, { stagingToken }));
  });
  call.end();
  client.close();
}

async function watch(client: Client, jobId: string): Promise<{ state: State; errors: string[] }> {
  const errors: string[] = [];
  const call = serverStream(client, JobService.method.getMessageStream, { jobId });
  const state = await new Promise<State>((resolve, reject) => {
    call.on('data', ({ response }) => {
      if (response.case === 'messageResponse' && response.value.importance >= Importance.JOB_MESSAGE_ERROR)
        errors.push(response.value.messageText);
      if (
        response.case === 'stateResponse' &&
        [State.DONE, State.FAILED, State.CANCELLED].includes(response.value.state)
      )
        resolve(response.value.state);
    });
    call.on('error', reject);
  });
  call.on('error', () => undefined);
  call.cancel();
  return { state, errors };
}

async function readCounters(client: Client, jobId: string): Promise<Map<string, bigint>> {
  const { metrics } = await unary(client, JobService.method.getJobMetrics, { jobId });
  const counters = (metrics?.committed ?? []).filter(({ urn }) => urn === 'beam:metric:user:sum_int64:v1');
  return new Map(
    counters.map(({ labels, payload }) => [`${labels['PTRANSFORM']}/${labels['NAME']}`, decodeVarint(payload)]),
  );
}

function decodeVarint(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 7n) | BigInt(byte & 127), 0n);
}
