import type { Client } from '@grpc/grpc-js';
import { DatasetsError } from '../../../core/errors/index.js';
import { BeamFnControl } from '../protos/fn_execution/v1/beam_fn_api_pb.js';
import { bidirectional, connect, workerMetadata } from '../rpc/channel.js';
import { Bundles } from './bundles.js';
import { ControlStream } from './control-stream.js';
import type { CreateDoFn } from './do-fn.js';
import { Instructions } from './instructions.js';
import { LogStream } from './log-stream.js';
import { RunnerStreams } from './runner-streams.js';

const minute = 60_000;
/** Until an author's code that does not heed its signal is left behind. */
const settleMilliseconds = 10_000;

export interface WorkerOptions {
  /** As the runner named this worker. */
  readonly id: string;
  /** `host:port` */
  readonly controlEndpoint: string;
  /** `host:port`; without it messages go to standard error. */
  readonly loggingEndpoint?: string;
  readonly createDoFn: CreateDoFn;
  /** So long the runner has to answer at all. Default: a minute. */
  readonly connectMilliseconds?: number;
  /** Ends the worker, as the runner's end does. */
  readonly signal?: AbortSignal;
}

/**
 * Serves a runner as its SDK harness (Beam's Fn API), until the runner ends the control stream. When it resolves, nothing of the worker is left: bundles
 * are over, DoFns torn down, streams and channels closed; only code that goes on for ten seconds after its signal was aborted is left to itself.
 *
 * @throws DatasetsError JOB_SERVICE_UNREACHABLE where the runner does not answer, or ends in an error
 * @example
 * await runWorker({ id: 'worker-1', controlEndpoint: 'localhost:8099', createDoFn: () => ({ process: (element, c) => c.emit('out', element) }) });
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const client = connect(options.controlEndpoint);
  try {
    await ready(client, options);
    await serve(client, options);
  } finally {
    client.close();
  }
}

async function serve(client: Client, options: WorkerOptions): Promise<void> {
  const { id, controlEndpoint, loggingEndpoint, createDoFn, signal } = options;
  const log = new LogStream(loggingEndpoint, id);
  const streams = new RunnerStreams(id, log);
  const bundles = new Bundles({ workerId: id, createDoFn, streams }, client);
  const instructions = new Instructions(bundles, log);
  const control = new ControlStream(
    bidirectional(client, BeamFnControl.method.control, workerMetadata(id)),
    controlEndpoint,
  );
  try {
    await control.answerWith((request) => instructions.answer(request), signal);
  } finally {
    bundles.abort(ended(controlEndpoint));
    await streams.end();
    await control.settle(settleMilliseconds);
    await bundles.teardown();
    await Promise.all([control.end(), log.end()]);
  }
}

async function ready(client: Client, { controlEndpoint, connectMilliseconds = minute }: WorkerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.waitForReady(Date.now() + connectMilliseconds, (cause) => {
      if (cause === undefined) resolve();
      else reject(unreachable(controlEndpoint, cause));
    });
  });
}

function unreachable(url: string, cause: Error): DatasetsError {
  return new DatasetsError('JOB_SERVICE_UNREACHABLE', `no Beam runner answers at ${url}`, {
    hint: 'See that the runner still runs, and that the address which it gave to its workers leads to it.',
    cause,
  });
}

function ended(url: string): DatasetsError {
  return new DatasetsError('INTERRUPTED', `the runner at ${url} has ended: nobody waits for this bundle`, {
    hint: 'Nothing is to be done in the worker; see in the job why it ended.',
  });
}
