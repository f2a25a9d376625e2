import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { create } from '@bufbuild/protobuf';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import {
  BeamFnExternalWorkerPool,
  type StartWorkerRequest,
  StartWorkerResponseSchema,
  StopWorkerResponseSchema,
} from '../protos/fn_execution/v1/beam_fn_api_pb.js';
import { channelOptions } from '../rpc/channel.js';
import { serve } from '../rpc/serve.js';
import type { WorkerDeath } from './worker-death.js';

export interface PoolOptions {
  /** The program of a worker: it takes Beam's flags (`--id`, `--control_endpoint`, `--logging_endpoint`), and ends when its IPC channel does. */
  readonly program: URL;
  /** More flags for it. */
  readonly flags?: readonly string[];
  /** What a runner has to say to be given a worker: it knows it from the pipeline, and other users of this machine don't. Without it anybody here is given one. */
  readonly secret?: string;
  /** Added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Hears of the workers of a pool. */
export interface PoolObserver {
  /** A line that a worker wrote to its standard output or error. */
  onLine(workerId: string, line: string): void;
  onStart(workerId: string): void;
  /** A worker ended that nobody had asked to, and that says itself that it failed. */
  onDeath(death: WorkerDeath): void;
}

/** In the parameters that an external environment gives to whoever starts its workers. */
export const secretParameter = 'secret';

const keptLines = 20;
/** Until a worker without work is told to end. */
const lastBundleMilliseconds = 500;
/** Until one that was told to end is killed. */
const teardownMilliseconds = 3000;

/**
 * LOOPBACK: the service that a runner asks for workers, in the submitter's process (BeamFnExternalWorkerPool of beam_fn_api.proto). Each worker is a process of its own, and ends with
 * this one, however this one ends.
 */
export class WorkerPool {
  /** `host:port` for the runner. */
  readonly endpoint: string;
  readonly #server: Server;
  readonly #options: PoolOptions;
  readonly #workers = new Map<string, ChildProcess>();
  #hasStarted = false;
  readonly #stopped = new WeakSet<ChildProcess>();
  readonly #killed = new WeakSet<ChildProcess>();
  readonly #observers = new Set<PoolObserver>();

  private constructor(server: Server, port: number, options: PoolOptions) {
    this.#server = server;
    this.endpoint = `127.0.0.1:${port}`;
    this.#options = options;
  }

  static async open(options: PoolOptions): Promise<WorkerPool> {
    const server = new Server(channelOptions);
    const port = await new Promise<number>((resolve, reject) => {
      // Workers run the author's code: nobody outside of this machine may start one.
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    const pool = new WorkerPool(server, port, options);
    serve(server, BeamFnExternalWorkerPool, {
      startWorker: ({ request }, reply) => {
        const isKnown = options.secret === undefined || request.params[secretParameter] === options.secret;
        if (isKnown) pool.#start(request);
        const error = isKnown ? '' : 'this pool starts workers of its own job alone';
        reply(null, create(StartWorkerResponseSchema, { error }));
      },
      stopWorker: ({ request }, reply) => {
        // Answered at once: Prism holds the job's end back for it.
        void pool.#stop(request.workerId);
        reply(null, create(StopWorkerResponseSchema));
      },
    });
    return pool;
  }

  /** Whether all workers that were ever started have ended, which they do with their runner. */
  get hasEnded(): boolean {
    return this.#hasStarted && this.#workers.size === 0;
  }

  /** @returns what ends the observation. */
  observe(observer: PoolObserver): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** Ends all workers: those that have nothing left to do by themselves, the others in the middle of their work. */
  async close(): Promise<void> {
    this.#server.forceShutdown();
    await Promise.all([...this.#workers.keys()].map((id) => this.#stop(id)));
  }

  #start({ workerId, controlEndpoint, loggingEndpoint, provisionEndpoint }: StartWorkerRequest): void {
    // A runner that asks twice has not heard the answer.
    if (this.#workers.has(workerId)) return;
    const flags = [
      `--id=${workerId}`,
      ...named('control_endpoint', controlEndpoint?.url),
      ...named('logging_endpoint', loggingEndpoint?.url),
      // Only who is told no control endpoint has to ask for it.
      ...(controlEndpoint === undefined ? named('provision_endpoint', provisionEndpoint?.url) : []),
    ];
    const { program, flags: more = [], env } = this.#options;
    const child = fork(program, [...flags, ...more], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...env },
      // Ctrl-C at a terminal goes to all processes of its group; it is the submitter's, who cancels the job.
      detached: true,
    });
    this.#workers.set(workerId, child);
    this.#hasStarted = true;
    const lastLines: string[] = [];
    for (const output of [child.stdout, child.stderr]) {
      if (output === null) continue;
      createInterface({ input: output }).on('line', (line) => {
        lastLines.push(line);
        if (lastLines.length > keptLines) lastLines.shift();
        for (const { onLine } of this.#observers) onLine(workerId, line);
      });
    }
    child.once('error', (error) => lastLines.push(error.message));
    // After its output has come to an end.
    child.once('close', (code, signal) => {
      this.#workers.delete(workerId);
      if (this.#killed.has(child) || code === 0) return;
      // A runner whose worker was killed fails the job and stops the worker, which may be heard here before the death is. What says itself that it failed may say so because it was stopped.
      if (this.#stopped.has(child) && signal === null) return;
      for (const { onDeath } of this.#observers) onDeath({ workerId, code, signal, lastLines });
    });
    for (const { onStart } of this.#observers) onStart(workerId);
  }

  async #stop(workerId: string): Promise<void> {
    const child = this.#workers.get(workerId);
    if (child === undefined || this.#stopped.has(child)) return;
    this.#stopped.add(child);
    // When its runner closes the control stream it tears down what the author's code set up, and ends.
    if (await endsWithin(child, lastBundleMilliseconds)) return;
    this.#killed.add(child);
    child.kill('SIGTERM');
    if (await endsWithin(child, teardownMilliseconds)) return;
    child.kill('SIGKILL');
    await endsWithin(child, teardownMilliseconds);
  }
}

async function endsWithin(child: ChildProcess, milliseconds: number): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  return new Promise((resolve) => {
    const settle = (ended: boolean) => (): void => {
      clearTimeout(timer);
      child.removeListener('exit', onExit);
      resolve(ended);
    };
    const timer = setTimeout(settle(false), milliseconds);
    const onExit = settle(true);
    child.once('exit', onExit);
  });
}

function named(flag: string, value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [`--${flag}=${value}`];
}
