import { type ChildProcess, fork } from 'node:child_process';
import { constants } from 'node:os';
import { DatasetsError } from '../../../core/errors/index.js';
import { type WorkerFlags, workerArguments } from './worker-flags.js';

/** As Beam's Python container waits before it kills what did not end by itself (python/container/boot.go). */
const graceMilliseconds = 5000;

export interface WorkerProcesses {
  /** Signals of this process, for all workers. */
  readonly signals: { on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown };
  /** Told why the container ends before its runner ended it. */
  onDeath(error: DatasetsError): void;
}

const passedOn: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * Runs each worker in a process of its own: JavaScript keeps one core busy. One that dies ends the others, so that its runner starts all of them anew instead of waiting
 * for one that is no more.
 *
 * @param entry file of the worker's program
 * @returns the status of the first that died, as a shell says it (128 + number of the signal); else 0.
 */
export async function runWorkerProcesses(
  entry: string,
  workers: readonly WorkerFlags[],
  { signals, onDeath }: WorkerProcesses,
): Promise<number> {
  let status = 0;
  let isEnding = false;
  const children = new Set<ChildProcess>();
  const end = (signal: NodeJS.Signals): void => {
    isEnding = true;
    for (const child of children) child.kill(signal);
    setTimeout(() => {
      for (const child of children) child.kill('SIGKILL');
    }, graceMilliseconds).unref();
  };
  for (const signal of passedOn) signals.on(signal, end);
  await Promise.all(
    workers.map(async (flags) => {
      // Its channel says to a child when this process is killed, which could not end it any more.
      const child = fork(entry, [...workerArguments(flags)]);
      children.add(child);
      const { code, signal } = await ended(child);
      children.delete(child);
      const childStatus = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      if (childStatus === 0 || status !== 0) return;
      status = childStatus;
      // What was told to end has not died.
      if (isEnding) return;
      onDeath(workerDied(flags.id, code, signal));
      end('SIGTERM');
    }),
  );
  return status;
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function ended(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function workerDied(id: string, code: number | null, signal: NodeJS.Signals | null): DatasetsError {
  const how = signal === null ? `with status ${String(code)}` : `by ${signal}`;
  return new DatasetsError('WORKER_DIED', `worker ${id} ended ${how}, and its container with it`, {
    hint:
      signal === 'SIGKILL'
        ? 'The machine may have run out of memory: declare more in `resources` of the builder, or take a larger machine.'
        : "The worker's last lines say why.",
  });
}
