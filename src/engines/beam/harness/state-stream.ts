import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Client, ClientDuplexStream } from '@grpc/grpc-js';
import { internalError } from '../../../core/errors/index.js';
import {
  BeamFnState,
  type StateGetResponse,
  type StateKeySchema,
  type StateRequest,
  StateRequestSchema,
  type StateResponse,
} from '../protos/fn_execution/v1/beam_fn_api_pb.js';
import { bidirectional, connect, workerMetadata } from '../rpc/channel.js';
import { Deferred } from './deferred.js';
import { streamEnder } from './end-stream.js';
import { brokenOff } from './runner-errors.js';

/** Names what a runner keeps. */
export type StateKey = MessageInitShape<typeof StateKeySchema>;

/** One stream of questions to a runner for what it keeps, which all bundles of a worker share. */
export class StateStream {
  readonly #url: string;
  readonly #client: Client;
  readonly #call: ClientDuplexStream<StateRequest, StateResponse>;
  readonly #endCall: () => Promise<void>;
  readonly #asked = new Map<string, Deferred<StateGetResponse>>();
  #lastId = 0;
  #failure: Error | undefined;

  constructor(url: string, workerId: string) {
    this.#url = url;
    this.#client = connect(url);
    this.#call = bidirectional(this.#client, BeamFnState.method.state, workerMetadata(workerId));
    this.#endCall = streamEnder(this.#call);
    this.#call.on('data', (response: StateResponse) => this.#answer(response));
    this.#call.on('error', (cause) => this.#breakOff(cause));
    this.#call.on('end', () => this.#breakOff());
  }

  /** No question is answered any more. */
  get broken(): boolean {
    return this.#failure !== undefined;
  }

  /** The bytes kept under a key. A page is asked for when the one before is done with. */
  async *pages(bundleId: string, key: StateKey): AsyncGenerator<Uint8Array> {
    let continuationToken: Uint8Array = new Uint8Array();
    do {
      const page = await this.#get(bundleId, key, continuationToken);
      yield page.data;
      continuationToken = page.continuationToken;
    } while (continuationToken.length > 0);
  }

  /** Ends the stream; whoever waits for an answer gets an error. */
  async end(): Promise<void> {
    this.#breakOff();
    await this.#endCall();
  }

  #get(bundleId: string, stateKey: StateKey, continuationToken: Uint8Array): Promise<StateGetResponse> {
    if (this.#failure !== undefined) throw this.#failure;
    const id = String(++this.#lastId);
    const answer = new Deferred<StateGetResponse>();
    this.#asked.set(id, answer);
    const request = { case: 'get', value: { continuationToken } } as const;
    this.#call.write(create(StateRequestSchema, { id, instructionId: bundleId, stateKey, request }));
    return answer.promise;
  }

  #answer({ id, error, response }: StateResponse): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (error !== '') asked?.reject(internalError(`the runner does not give what it keeps: ${error}`));
    else if (response.case === 'get') asked?.resolve(response.value);
    else asked?.reject(internalError(`the runner answers a question for state with ${response.case ?? 'nothing'}`));
  }

  #breakOff(cause?: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = brokenOff('state', this.#url, cause);
    for (const asked of this.#asked.values()) asked.reject(this.#failure);
    this.#asked.clear();
    // A call that is under way ends well all the same.
    this.#client.close();
  }
}
