import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Server, type ServerDuplexStream, status } from '@grpc/grpc-js';
import {
  BeamFnControl,
  BeamFnData,
  BeamFnLogging,
  BeamFnState,
  type Elements,
  ElementsSchema,
  type InstructionRequest,
  InstructionRequestSchema,
  type InstructionResponse,
  type LogEntry,
  type ProcessBundleDescriptor,
  type ProcessBundleResponse,
  type StateRequest,
  type StateResponse,
  StateResponseSchema,
} from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import { channelOptions } from '../../../../src/engines/beam/rpc/channel.js';
import { serve } from '../../../../src/engines/beam/rpc/serve.js';
import { listen } from '../../../beam/listen.js';
import { Events } from './events.js';

type Request = NonNullable<MessageInitShape<typeof InstructionRequestSchema>['request']>;
type Page = { readonly data: Uint8Array; readonly next?: Uint8Array } | { readonly error: string };

/** A block of elements that the worker sent. */
export interface Block {
  readonly bundle: string;
  readonly transform: string;
  readonly data: Uint8Array;
  readonly isLast: boolean;
}

const none = new Uint8Array();

/** A runner whose every message a test decides: for what real ones do seldom, or not at will. One worker at a time. */
export class FakeRunner {
  /** Every descriptor that the worker asked for. */
  readonly described: string[] = [];
  readonly logs: LogEntry[] = [];
  /** What came, in order. */
  readonly blocks = new Events<Block>();
  /** The metadata of each stream, by service. */
  readonly metadata = new Map<string, Readonly<Record<string, unknown>>>();
  /** Answers questions for what the runner keeps. */
  keep: (request: StateRequest) => Page = () => ({ error: 'nothing is kept' });
  /** Bytes of elements that came. */
  takenBytes = 0;
  /** Whether their bytes are kept. */
  keepsBlocks = true;
  /** How the runner takes what the worker sends; a slow one waits here. */
  beforeTaking: () => Promise<void> | undefined = () => undefined;

  readonly #server = new Server(channelOptions);
  readonly #descriptors = new Map<string, ProcessBundleDescriptor>();
  readonly #responses = new Events<InstructionResponse>();
  readonly #controls = new Events<ServerDuplexStream<InstructionResponse, InstructionRequest>>();
  readonly #datas = new Events<ServerDuplexStream<Elements, Elements>>();
  #port = 0;
  #lastProbe = 0;

  static async start(): Promise<FakeRunner> {
    const runner = new FakeRunner();
    runner.#serve();
    runner.#port = await listen(runner.#server);
    return runner;
  }

  get endpoint(): string {
    return `localhost:${this.#port}`;
  }

  /** Resolves when a worker asks for instructions. */
  async connected(): Promise<void> {
    await this.#controls.latest();
  }

  describe(descriptor: ProcessBundleDescriptor): void {
    this.#descriptors.set(descriptor.id, descriptor);
  }

  /** Sends an instruction and waits for its answer. */
  async instruct(instructionId: string, request: Request): Promise<InstructionResponse> {
    const control = await this.#controls.latest();
    control.write(create(InstructionRequestSchema, { instructionId, request }));
    return await this.#responses.find((response) => response.instructionId === instructionId);
  }

  /** Has a bundle processed that must succeed. */
  async process(
    bundle: string,
    descriptor: string,
    more: { readonly elements?: Elements; readonly dataStreamId?: string } = {},
  ): Promise<ProcessBundleResponse> {
    const value = { processBundleDescriptorId: descriptor, ...more };
    const { error, response } = await this.instruct(bundle, { case: 'processBundle', value });
    if (error !== '' || response.case !== 'processBundle') throw new Error(`bundle ${bundle}: ${error}`);
    return response.value;
  }

  /** Has a bundle processed that must fail. @returns its error */
  async processFailing(bundle: string, descriptor: string): Promise<string> {
    const value = { processBundleDescriptorId: descriptor };
    const { error } = await this.instruct(bundle, { case: 'processBundle', value });
    if (error === '') throw new Error(`bundle ${bundle} did not fail`);
    return error;
  }

  /** Sends something that is answered at once, under an id of its own. */
  async ask(request: Request): Promise<InstructionResponse['response']> {
    const { error, response } = await this.instruct(`probe-${++this.#lastProbe}`, request);
    if (error !== '') throw new Error(error);
    return response;
  }

  /** Sends elements to the worker. Resolves when they are on their way. */
  async send(bundle: string, transform: string, data: Uint8Array, isLast = false): Promise<void> {
    const stream = await this.#datas.latest();
    const block = { instructionId: bundle, transformId: transform, data, isLast };
    await new Promise<void>((resolve) => void stream.write(create(ElementsSchema, { data: [block] }), () => resolve()));
  }

  /** What a bundle's sink sent, all of it. */
  async output(bundle: string, transform: string): Promise<Buffer> {
    const isOurs = (block: Block): boolean => block.bundle === bundle && block.transform === transform;
    await this.blocks.find((block) => isOurs(block) && block.isLast);
    return Buffer.concat(this.blocks.all.filter(isOurs).map(({ data }) => data));
  }

  /** Breaks the data stream off, as a proxy or a dying runner does. */
  async abortData(): Promise<void> {
    (await this.#datas.latest()).emit('error', { code: status.ABORTED, details: 'the test aborts' });
  }

  /** How many data streams workers have opened. */
  get dataStreams(): number {
    return this.#datas.all.length;
  }

  /** Waits until so many have been opened. */
  async dataStream(count: number): Promise<void> {
    await this.#datas.reach(count);
  }

  /** Ends the control stream: well, or with an error. */
  async endControl(error?: { readonly code: status; readonly details: string }): Promise<void> {
    const control = await this.#controls.latest();
    if (error === undefined) control.end();
    else control.emit('error', error);
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #serve(): void {
    serve(this.#server, BeamFnControl, {
      control: (call) => {
        this.metadata.set('control', call.metadata.getMap());
        call.on('data', (response) => this.#responses.add(response));
        call.on('end', () => call.end());
        this.#controls.add(call);
      },
      getProcessBundleDescriptor: ({ request, metadata }, reply) => {
        this.metadata.set('descriptor', metadata.getMap());
        this.described.push(request.processBundleDescriptorId);
        const found = this.#descriptors.get(request.processBundleDescriptorId);
        if (found === undefined) reply({ code: status.NOT_FOUND, details: 'no such descriptor' });
        else reply(null, found);
      },
    });
    serve(this.#server, BeamFnData, {
      data: (call) => {
        this.metadata.set('data', call.metadata.getMap());
        call.on('data', (elements) => this.#take(call, elements));
        call.on('end', () => call.end());
        this.#datas.add(call);
      },
    });
    serve(this.#server, BeamFnState, {
      state: (call) => {
        this.metadata.set('state', call.metadata.getMap());
        call.on('data', (request) => call.write(this.#answer(request)));
        call.on('end', () => call.end());
      },
    });
    serve(this.#server, BeamFnLogging, {
      logging: (call) => {
        this.metadata.set('logging', call.metadata.getMap());
        call.on('data', ({ logEntries }) => this.logs.push(...logEntries));
        call.on('end', () => call.end());
      },
    });
  }

  #take(call: ServerDuplexStream<Elements, Elements>, elements: Elements): void {
    for (const { instructionId, transformId, data, isLast } of elements.data) {
      this.takenBytes += data.length;
      this.blocks.add({ bundle: instructionId, transform: transformId, data: this.keepsBlocks ? data : none, isLast });
    }
    const waiting = this.beforeTaking();
    if (waiting === undefined) return;
    call.pause();
    void waiting.then(() => call.resume());
  }

  #answer(request: StateRequest): StateResponse {
    const page = this.keep(request);
    if ('error' in page) return create(StateResponseSchema, { id: request.id, error: page.error });
    const value = { data: page.data, continuationToken: page.next ?? new Uint8Array() };
    return create(StateResponseSchema, { id: request.id, response: { case: 'get', value } });
  }
}
