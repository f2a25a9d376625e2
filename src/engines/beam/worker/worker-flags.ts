import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { DatasetsError } from '../../../core/errors/index.js';

/** How a worker is started: Beam's container contract (https://s.apache.org/beam-fn-api-container-contract), as in the boot programs of its SDKs. */
export interface WorkerFlags {
  readonly id: string;
  /** host:port, like the others. Who asks there gets the other endpoints. */
  readonly provisionEndpoint: string | undefined;
  readonly controlEndpoint: string | undefined;
  readonly loggingEndpoint: string | undefined;
  /** Where the worker may write. */
  readonly semiPersistDirectory: string;
  /** Ours: how many tasks it works on at a time. */
  readonly threads: number | undefined;
}

const text = { type: 'string' } as const;

const options = {
  id: text,
  provision_endpoint: text,
  control_endpoint: text,
  logging_endpoint: text,
  // Files that a job stages for its workers lie there; ours stages none.
  artifact_endpoint: text,
  semi_persist_dir: text,
  threads: text,
} as const;

/**
 * Reads the flags of a worker. Those that it doesn't know are left to a newer runner.
 *
 * @throws DatasetsError USAGE when there is no id, or nothing that leads to a control endpoint.
 * @example
 * ```ts
 * const flags = readWorkerFlags(process.argv.slice(2));
 * ```
 */
export function readWorkerFlags(args: readonly string[]): WorkerFlags {
  const { values } = parseArgs({ args: [...args], options, strict: false });
  const flag = (name: keyof typeof options): string | undefined => given(values[name]);
  const id = flag('id');
  const provisionEndpoint = flag('provision_endpoint');
  const controlEndpoint = flag('control_endpoint');
  if (id === undefined) throw usage('a worker was started without --id');
  if (provisionEndpoint === undefined && controlEndpoint === undefined) {
    throw usage(`worker ${id} was started with neither --provision_endpoint nor --control_endpoint`);
  }
  return {
    id,
    provisionEndpoint,
    controlEndpoint,
    loggingEndpoint: flag('logging_endpoint'),
    semiPersistDirectory: flag('semi_persist_dir') ?? tmpdir(),
    threads: threadsOf(flag('threads')),
  };
}

/** Flags of a process of its own for one of several workers: it has all endpoints, and asks for none. */
export function workerArguments(flags: WorkerFlags): readonly string[] {
  const named: Readonly<Record<string, string | undefined>> = {
    id: flags.id,
    control_endpoint: flags.controlEndpoint,
    logging_endpoint: flags.loggingEndpoint,
    semi_persist_dir: flags.semiPersistDirectory,
    threads: flags.threads?.toString(),
  };
  return Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
}

/** A whole number of threads; undefined for anything else. */
export function threadsOf(value: unknown): number | undefined {
  const threads = Number(value);
  return Number.isSafeInteger(threads) && threads >= 1 ? threads : undefined;
}

/** Prism's process environment says `--id='…'`, and no shell takes the quotes away (prism/internal/environments.go, processEnvironment). */
function given(value: string | boolean | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const bare = /^'(.*)'$/s.exec(value)?.[1] ?? value;
  return bare === '' ? undefined : bare;
}

function usage(message: string): DatasetsError {
  return new DatasetsError('USAGE', message, {
    hint: 'A Beam runner starts workers: name the image, or this command, as the environment of the job.',
  });
}
