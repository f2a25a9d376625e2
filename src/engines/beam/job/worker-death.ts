import { DatasetsError } from '../../../core/errors/index.js';

/** How a worker process ended that nobody had asked to. */
export interface WorkerDeath {
  readonly workerId: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote. */
  readonly lastLines: readonly string[];
}

export function workerDied({ workerId, code, signal, lastLines }: WorkerDeath): DatasetsError {
  const how = signal === null ? `ended with status ${String(code)}` : `was ended by ${signal}`;
  const said =
    lastLines.length === 0 ? '' : `; the last that it wrote:\n  ${lastLines.slice(-shownLines).join('\n  ')}`;
  const outOfMemory = signal === 'SIGKILL' || lastLines.some((line) => line.includes('heap out of memory'));
  return new DatasetsError('WORKER_DIED', `worker ${workerId} of the job ${how}${said}`, {
    hint: outOfMemory
      ? 'The machine or the process may have run out of memory: hold less of it in transforms and resources, or combine values instead of collecting them.'
      : 'Look for process.exit(), an exception in a timer or event handler, or a native module that crashes. `--runner inline` runs everything in one thread.',
  });
}

const shownLines = 5;
