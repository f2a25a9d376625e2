import { create } from '@bufbuild/protobuf';
import { Server, type ServerWritableStream, type ServiceError, type status } from '@grpc/grpc-js';
import {
  type ArtifactRequestWrapper,
  ArtifactRequestWrapperSchema,
  type ArtifactResponseWrapper,
  ArtifactStagingService,
} from '../../../../src/engines/beam/protos/job_management/v1/beam_artifact_api_pb.js';
import {
  CancelJobResponseSchema,
  JobMessage_MessageImportance as Importance,
  JobMessageSchema,
  type JobMessagesRequest,
  type JobMessagesResponse,
  JobMessagesResponseSchema,
  JobService,
  JobStateEventSchema,
  type PrepareJobRequest,
  PrepareJobResponseSchema,
  RunJobResponseSchema,
  JobState_Enum as State,
} from '../../../../src/engines/beam/protos/job_management/v1/beam_job_api_pb.js';
import { channelOptions } from '../../../../src/engines/beam/rpc/channel.js';
import { serve } from '../../../../src/engines/beam/rpc/serve.js';
import { listen } from '../../../beam/listen.js';

type MessageStream = ServerWritableStream<JobMessagesRequest, JobMessagesResponse>;

export interface FakeJobServiceOptions {
  /** What it asks the submitter for before it takes the job, one after the other. */
  readonly artifactQuestions?: readonly ArtifactRequestWrapper['request'][];
  /** What it does with a stream of messages, by how many there were before. */
  onMessageStream?(stream: MessageStream, streamsBefore: number): void;
  /** Refuses the job. */
  readonly refusal?: { readonly code: status; readonly details: string };
}

/** A job service whose every word a test decides. It knows no metrics. */
export class FakeJobService {
  readonly #server = new Server(channelOptions);
  readonly #options: FakeJobServiceOptions;
  #port = 0;
  #streams = 0;
  /** What it was asked to prepare. */
  readonly prepared: PrepareJobRequest[] = [];
  /** What came in answer to its questions: token and kind. */
  readonly artifactAnswers: (readonly [stagingToken: string, answer: string | undefined])[] = [];
  readonly cancelled: string[] = [];
  runs = 0;
  state: State = State.RUNNING;

  private constructor(options: FakeJobServiceOptions) {
    this.#options = options;
  }

  static async start(options: FakeJobServiceOptions = {}): Promise<FakeJobService> {
    const service = new FakeJobService(options);
    service.#serve();
    service.#port = await listen(service.#server, '127.0.0.1');
    return service;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** As a process that is killed. */
  stop(): void {
    this.#server.forceShutdown();
  }

  #serve(): void {
    const { refusal, onMessageStream = () => undefined } = this.#options;
    serve(this.#server, JobService, {
      prepare: ({ request }, reply) => {
        this.prepared.push(request);
        if (refusal !== undefined) return reply(refusal as ServiceError);
        reply(
          null,
          create(PrepareJobResponseSchema, {
            preparationId: 'preparation',
            stagingSessionToken: 'token',
            artifactStagingEndpoint: { url: this.endpoint },
          }),
        );
      },
      run: (_call, reply) => {
        this.runs++;
        reply(null, create(RunJobResponseSchema, { jobId: 'job-1' }));
      },
      getMessageStream: (stream) => onMessageStream(stream, this.#streams++),
      getState: (_call, reply) => reply(null, create(JobStateEventSchema, { state: this.state })),
      cancel: ({ request }, reply) => {
        this.cancelled.push(request.jobId);
        this.state = State.CANCELLED;
        reply(null, create(CancelJobResponseSchema, { state: State.CANCELLING }));
      },
    });
    serve(this.#server, ArtifactStagingService, {
      reverseArtifactRetrievalService: (stream) => {
        const questions = [...(this.#options.artifactQuestions ?? [])];
        const ask = (): void => {
          const request = questions.shift();
          if (request === undefined) stream.end();
          else stream.write(create(ArtifactRequestWrapperSchema, { request }));
        };
        stream.on('data', ({ stagingToken, response }: ArtifactResponseWrapper) => {
          this.artifactAnswers.push([stagingToken, response.case]);
          ask();
        });
        stream.on('error', () => undefined);
      },
    });
  }
}

export function sayState(stream: MessageStream, state: State): void {
  const value = create(JobStateEventSchema, { state });
  stream.write(create(JobMessagesResponseSchema, { response: { case: 'stateResponse', value } }));
}

export function sayMessage(stream: MessageStream, messageText: string): void {
  const value = create(JobMessageSchema, { messageText, importance: Importance.JOB_MESSAGE_WARNING });
  stream.write(create(JobMessagesResponseSchema, { response: { case: 'messageResponse', value } }));
}
