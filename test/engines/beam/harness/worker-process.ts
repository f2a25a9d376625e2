import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A worker in a process of its own, which ends of itself when nothing keeps it alive. */
export interface WorkerProcess {
  /** The largest memory that it had, bytes; told when the worker has ended. */
  readonly peakBytes: Promise<number>;
  /** @returns the exit code */
  exit(): Promise<number | null>;
}

/** Starts a worker whose DoFns are those of worker-program.ts. */
export function startWorkerProcess(endpoint: string): WorkerProcess {
  const child = fork(join(import.meta.dirname, 'worker-program.js'), [endpoint], { execArgv: [] });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  return {
    peakBytes: (once(child, 'message') as Promise<[{ readonly peakBytes: number }]>).then(
      ([{ peakBytes }]) => peakBytes,
    ),
    exit: async () => (await exited)[0],
  };
}
