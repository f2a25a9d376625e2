import { create } from '@bufbuild/protobuf';
import { Server } from '@grpc/grpc-js';
import {
  BeamFnExternalWorkerPool,
  type StartWorkerRequest,
  StartWorkerResponseSchema,
  StopWorkerResponseSchema,
} from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import {
  GetProvisionInfoResponseSchema,
  ProvisionService,
} from '../../../../src/engines/beam/protos/fn_execution/v1/beam_provision_api_pb.js';
import { channelOptions } from '../../../../src/engines/beam/rpc/channel.js';
import { serve } from '../../../../src/engines/beam/rpc/serve.js';
import { listen } from '../../../beam/listen.js';
import type { Image } from '../../../container/build-image.js';
import { type RunningContainer, startContainer } from './container.js';

/**
 * Gives a runner that asks for several workers one container that runs all of them, as Dataflow does with `use_sibling_sdk_workers`: the container learns of the others by its
 * provisioning.
 */
export class SiblingPool {
  readonly #server = new Server(channelOptions);
  readonly #asked: StartWorkerRequest[] = [];
  readonly #image: Image;
  readonly #workers: number;
  #port = 0;
  container: RunningContainer | undefined;

  private constructor(image: Image, workers: number) {
    this.#image = image;
    this.#workers = workers;
  }

  static async start(image: Image, workers: number): Promise<SiblingPool> {
    const pool = new SiblingPool(image, workers);
    pool.#serve();
    pool.#port = await listen(pool.#server);
    return pool;
  }

  get endpoint(): string {
    return `localhost:${this.#port}`;
  }

  stop(): void {
    this.container?.process.kill('SIGKILL');
    this.#server.forceShutdown();
  }

  #serve(): void {
    serve(this.#server, BeamFnExternalWorkerPool, {
      startWorker: ({ request }, reply) => {
        this.#asked.push(request);
        if (this.#asked.length === this.#workers) {
          const args = [`--id=${this.#asked[0]?.workerId}`, `--provision_endpoint=${this.endpoint}`];
          this.container = startContainer(this.#image, args);
        }
        reply(null, create(StartWorkerResponseSchema));
      },
      stopWorker: (_call, reply) => reply(null, create(StopWorkerResponseSchema)),
    });
    serve(this.#server, ProvisionService, {
      getProvisionInfo: (_call, reply) => {
        const [first, ...others] = this.#asked;
        const url = first?.controlEndpoint?.url ?? '';
        const loggingEndpoint = { url: first?.loggingEndpoint?.url ?? '' };
        const siblingWorkerIds = others.map(({ workerId }) => workerId);
        const info = { controlEndpoint: { url }, loggingEndpoint, siblingWorkerIds };
        reply(null, create(GetProvisionInfoResponseSchema, { info }));
      },
    });
  }
}
