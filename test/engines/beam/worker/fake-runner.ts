import { create, type JsonObject } from '@bufbuild/protobuf';
import { type Metadata, Server, type ServerDuplexStream } from '@grpc/grpc-js';
import {
  BeamFnControl,
  BeamFnLogging,
  type InstructionRequest,
  type InstructionResponse,
} from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import {
  GetProvisionInfoResponseSchema,
  ProvisionService,
} from '../../../../src/engines/beam/protos/fn_execution/v1/beam_provision_api_pb.js';
import { channelOptions } from '../../../../src/engines/beam/rpc/channel.js';
import { serve } from '../../../../src/engines/beam/rpc/serve.js';
import { listen } from '../../../beam/listen.js';

export interface ProvisionedJob {
  readonly siblingWorkerIds?: readonly string[];
  readonly pipelineOptions?: JsonObject;
  /** Whether the endpoints are told by provisioning. Default: true. */
  readonly tellsEndpoints?: boolean;
}

type Control = ServerDuplexStream<InstructionResponse, InstructionRequest>;

/** Plays the side of a runner that containers see: provisioning, control and logging, at one address. It sends no work. */
export class FakeRunner {
  /** Ids of workers by what they did, in the order in which it came: `provision sdk-0`, `control sdk-0`, `end sdk-0`. */
  readonly events: string[] = [];
  readonly #server = new Server(channelOptions);
  readonly #controls = new Map<string, Control>();
  readonly #waiting = new Set<() => void>();
  #port = 0;

  static async start(job: ProvisionedJob = {}): Promise<FakeRunner> {
    const runner = new FakeRunner();
    runner.#serve(job);
    runner.#port = await listen(runner.#server);
    return runner;
  }

  get endpoint(): string {
    return `localhost:${this.#port}`;
  }

  /** Waits until all of these events were seen. */
  async seen(...events: readonly string[]): Promise<void> {
    while (!events.every((event) => this.events.includes(event))) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Ends the control streams of all workers, as a runner does whose job is over. */
  endJob(): void {
    for (const control of this.#controls.values()) control.end();
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #serve({ siblingWorkerIds = [], pipelineOptions = {}, tellsEndpoints = true }: ProvisionedJob): void {
    serve(this.#server, ProvisionService, {
      getProvisionInfo: ({ metadata }, reply) => {
        this.#note(`provision ${workerOf(metadata)}`);
        const endpoint = { url: this.endpoint };
        const endpoints = tellsEndpoints ? { controlEndpoint: endpoint, loggingEndpoint: endpoint } : {};
        const info = { ...endpoints, siblingWorkerIds: [...siblingWorkerIds], pipelineOptions };
        reply(null, create(GetProvisionInfoResponseSchema, { info }));
      },
    });
    serve(this.#server, BeamFnControl, {
      control: (call) => {
        const id = workerOf(call.metadata);
        this.#controls.set(id, call);
        this.#note(`control ${id}`);
        const ended = (): void => {
          if (this.#controls.delete(id)) this.#note(`end ${id}`);
        };
        call.on('data', () => undefined);
        call.on('error', ended);
        call.on('cancelled', ended);
        call.on('end', ended);
      },
    });
    serve(this.#server, BeamFnLogging, {
      logging: (call) => {
        call.on('data', () => undefined);
        call.on('error', () => undefined);
        call.on('end', () => call.end());
      },
    });
  }

  #note(event: string): void {
    this.events.push(event);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

function workerOf(metadata: Metadata): string {
  return metadata.get('worker_id').join(',');
}
