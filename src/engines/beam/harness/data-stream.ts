import { create } from '@bufbuild/protobuf';
import type { Client, ClientDuplexStream } from '@grpc/grpc-js';
import {
  BeamFnData,
  type Elements,
  type Elements_Data,
  ElementsSchema,
} from '../protos/fn_execution/v1/beam_fn_api_pb.js';
import { bidirectional, connect, workerMetadata } from '../rpc/channel.js';
import { Deferred } from './deferred.js';
import { streamEnder } from './end-stream.js';
import { type ArrivedBlock, Inbox } from './inbox.js';
import { brokenOff } from './runner-errors.js';

/** Bytes that may wait here for bundles to read them, before the runner is made to wait. */
const inboundBytes = 16 << 20;
/** Bytes that may wait here for the runner to take them, before bundles are made to wait. */
const outboundBytes = 8 << 20;
/** Of so many bundles it is remembered that they are over: what still comes for them is dropped. */
const rememberedBundles = 1000;

/** One stream of elements to and from a runner, which all bundles of a worker share. */
export class DataStream {
  readonly #url: string;
  readonly #client: Client;
  readonly #call: ClientDuplexStream<Elements, Elements>;
  readonly #endCall: () => Promise<void>;
  /** Of bundles that are worked on. */
  readonly #inboxes = new Map<string, Inbox>();
  /** Blocks may come before the instruction to work on them. They don't count as waiting: the runner may send all of them first. */
  readonly #early = new Map<string, Elements_Data[]>();
  readonly #over = new Set<string>();
  #queuedBytes = 0;
  #sendingBytes = 0;
  #room: Deferred<void> | undefined;
  #failure: Error | undefined;

  /** @param name Of one of several streams to one address; empty where there is one. */
  constructor(url: string, workerId: string, name: string) {
    this.#url = url;
    this.#client = connect(url);
    const metadata = workerMetadata(workerId);
    if (name !== '') metadata.set('data_stream_id', name);
    this.#call = bidirectional(this.#client, BeamFnData.method.data, metadata);
    this.#endCall = streamEnder(this.#call);
    this.#call.on('data', (elements: Elements) => {
      for (const block of elements.data) this.#deliver(block);
    });
    this.#call.on('error', (cause) => this.#breakOff(cause));
    this.#call.on('end', () => this.#breakOff());
  }

  /** No more comes, and nothing more can be sent. */
  get broken(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * Takes what comes for a bundle, and what has come. `close` it when the bundle is over.
   *
   * @param embedded Blocks that came with the instruction.
   */
  open(bundleId: string, embedded: readonly ArrivedBlock[]): Inbox {
    const inbox = new Inbox((bytes) => this.#countQueued(-bytes));
    this.#inboxes.set(bundleId, inbox);
    for (const block of [...embedded, ...(this.#early.get(bundleId) ?? [])]) this.#push(inbox, block);
    this.#early.delete(bundleId);
    if (this.#failure !== undefined) inbox.fail(this.#failure);
    return inbox;
  }

  /** What still comes for the bundle is dropped. */
  close(bundleId: string): void {
    this.#countQueued(-(this.#inboxes.get(bundleId)?.queuedBytes ?? 0));
    this.#inboxes.delete(bundleId);
    this.#over.add(bundleId);
    if (this.#over.size <= rememberedBundles) return;
    for (const oldest of this.#over) {
      this.#over.delete(oldest);
      break;
    }
  }

  /**
   * Sends encoded elements, or that no more come.
   *
   * @param data Is the stream's from now on.
   * @returns a promise where the runner has to catch up first
   */
  write(bundleId: string, transformId: string, data: Uint8Array, isLast: boolean): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    this.#sendingBytes += data.length;
    const elements = create(ElementsSchema, { data: [{ instructionId: bundleId, transformId, data, isLast }] });
    this.#call.write(elements, () => {
      this.#sendingBytes -= data.length;
      if (this.#sendingBytes > outboundBytes) return;
      this.#room?.resolve();
      this.#room = undefined;
    });
    if (this.#sendingBytes <= outboundBytes) return undefined;
    this.#room ??= new Deferred<void>();
    return this.#room.promise;
  }

  /** Ends the stream; bundles that wait for it fail. */
  async end(): Promise<void> {
    this.#breakOff();
    await this.#endCall();
  }

  #deliver(block: Elements_Data): void {
    const { instructionId } = block;
    const inbox = this.#inboxes.get(instructionId);
    if (inbox !== undefined) this.#push(inbox, block);
    else if (!this.#over.has(instructionId)) {
      const early = this.#early.get(instructionId);
      if (early === undefined) this.#early.set(instructionId, [block]);
      else early.push(block);
    }
  }

  #push(inbox: Inbox, block: ArrivedBlock): void {
    inbox.push(block);
    this.#countQueued(block.data.length);
  }

  /** Stops reading when much is waiting, and goes on when half of it is gone. */
  #countQueued(bytes: number): void {
    this.#queuedBytes += bytes;
    if (this.#queuedBytes > inboundBytes) this.#call.pause();
    else if (this.#queuedBytes <= inboundBytes / 2 && this.#call.isPaused()) this.#call.resume();
  }

  #breakOff(cause?: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = brokenOff('data', this.#url, cause);
    for (const inbox of this.#inboxes.values()) inbox.fail(this.#failure);
    this.#room?.reject(this.#failure);
    // A call that is under way ends well all the same.
    this.#client.close();
  }
}
