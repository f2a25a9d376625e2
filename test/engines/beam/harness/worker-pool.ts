import { create } from '@bufbuild/protobuf';
import { Server } from '@grpc/grpc-js';
import type { CreateDoFn } from '../../../../src/engines/beam/harness/do-fn.js';
import { runWorker } from '../../../../src/engines/beam/harness/run-worker.js';
import {
  BeamFnExternalWorkerPool,
  StartWorkerResponseSchema,
  StopWorkerResponseSchema,
} from '../../../../src/engines/beam/protos/fn_execution/v1/beam_fn_api_pb.js';
import { channelOptions } from '../../../../src/engines/beam/rpc/channel.js';
import { serve } from '../../../../src/engines/beam/rpc/serve.js';
import { listen } from '../../../beam/listen.js';

/** Starts workers in this process, for DoFns that are functions of a test. */
export class WorkerPool {
  readonly #server = new Server(channelOptions);
  readonly #workers: Promise<void>[] = [];
  #port = 0;

  /** @param createDoFn By the payloads of the ParDos. */
  static async start(createDoFn: CreateDoFn): Promise<WorkerPool> {
    const pool = new WorkerPool();
    serve(pool.#server, BeamFnExternalWorkerPool, {
      startWorker: ({ request }, reply) => {
        const worker = runWorker({
          id: request.workerId,
          controlEndpoint: request.controlEndpoint?.url ?? '',
          ...(request.loggingEndpoint === undefined ? {} : { loggingEndpoint: request.loggingEndpoint.url }),
          createDoFn,
        });
        pool.#workers.push(worker);
        reply(null, create(StartWorkerResponseSchema));
      },
      stopWorker: (_call, reply) => reply(null, create(StopWorkerResponseSchema)),
    });
    pool.#port = await listen(pool.#server);
    return pool;
  }

  get endpoint(): string {
    return `localhost:${this.#port}`;
  }

  /** Resolves when all workers have ended of themselves. */
  async ended(): Promise<void> {
    await Promise.all(this.#workers);
  }

  close(): void {
    this.#server.forceShutdown();
  }
}
