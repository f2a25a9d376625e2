import { access, constants as fileModes, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatasetsError } from '../../../core/errors/index.js';
import type { BeamJob } from '../beam-job.js';
import type { CreateDoFn } from '../harness/do-fn.js';
import { loadBeam } from '../rpc/load-beam.js';
import type { StepWorker } from '../steps/open-step-worker.js';
import { projectRootOf } from './project-variable.js';
import type { WorkerFlags } from './worker-flags.js';

export interface ServeOptions {
  /** File of the worker's program, for further processes of it. */
  readonly entry: string;
  /** Told what ended a worker that was a process of its own. */
  report(error: unknown): void;
}

/**
 * Serves a runner until it closes its control stream: in this process, or in one for each worker where the runner wants several.
 *
 * @returns the status to exit with.
 * @throws DatasetsError PEER_MISSING; JOB_SERVICE_UNREACHABLE; USAGE where no control endpoint is known
 */
export async function serveWorker(flags: WorkerFlags, { entry, report }: ServeOptions): Promise<number> {
  const ending = endingOfProcess();
  const workers = await Promise.race([workersOf(flags), ending.begun]);
  if (workers === undefined) return ending.status();
  const [only] = workers;
  if (only !== undefined && workers.length === 1) return serveHere(only, ending);
  const { runWorkerProcesses } = await import('./worker-processes.js');
  return runWorkerProcesses(entry, workers, { signals: process, onDeath: report });
}

/** This worker, and those that the runner wants beside it; they share the processors. */
async function workersOf(flags: WorkerFlags): Promise<readonly WorkerFlags[]> {
  if (flags.provisionEndpoint === undefined) return [flags];
  const { askProvision } = await loadBeam(() => import('./provision.js'));
  const { siblingWorkerIds, threads, ...endpoints } = await askProvision(flags.provisionEndpoint, flags);
  const ids = [flags.id, ...siblingWorkerIds];
  const share = Math.max(1, Math.floor(availableParallelism() / ids.length));
  const shared = { ...flags, ...endpoints, provisionEndpoint: undefined, threads: flags.threads ?? threads ?? share };
  return ids.map((id) => ({ ...shared, id }));
}

async function serveHere(flags: WorkerFlags, ending: Ending): Promise<number> {
  const { id, controlEndpoint, loggingEndpoint } = flags;
  if (controlEndpoint === undefined) {
    throw new DatasetsError('USAGE', `worker ${id} was told no control endpoint`, {
      hint: 'The runner names it in its provisioning, or by --control_endpoint.',
    });
  }
  const steps = new LazySteps(flags);
  try {
    const { runWorker } = await loadBeam(() => import('../harness/run-worker.js'));
    const served = runWorker({
      id,
      controlEndpoint,
      ...(loggingEndpoint !== undefined && { loggingEndpoint }),
      createDoFn: (...described) => steps.createDoFn(...described),
      signal: ending.signal,
    });
    await Promise.race([served, ending.overdue]);
  } catch (error) {
    // What a signal broke off is no fault.
    if (!ending.signal.aborted) throw error;
  } finally {
    await Promise.race([steps.close(), ending.overdue]);
  }
  return ending.status();
}

/** Loads what jobs are made of when the runner sends the first bundle; until then a worker is there to be sent one. */
class LazySteps {
  readonly #flags: WorkerFlags;
  #open: Promise<StepWorker> | undefined;
  #scratch: string | undefined;

  constructor(flags: WorkerFlags) {
    this.#flags = flags;
  }

  async createDoFn(...described: Parameters<CreateDoFn>): Promise<Awaited<ReturnType<CreateDoFn>>> {
    this.#open ??= this.#load();
    return (await this.#open).createDoFn(...described);
  }

  async close(): Promise<void> {
    const steps = await this.#open?.catch(() => undefined);
    await steps?.close();
    if (this.#scratch !== undefined) await rm(this.#scratch, { recursive: true, force: true });
  }

  async #load(): Promise<StepWorker> {
    const [{ openStepWorker }, { checkWorkerIdentity, identifyWorker }] = await Promise.all([
      import('../steps/open-step-worker.js'),
      import('./worker-identity.js'),
    ]);
    const projectRoot = projectRootOf(process.env);
    this.#scratch = await makeScratch(this.#flags.semiPersistDirectory);
    return openStepWorker({
      projectRoot,
      scratchDirectory: this.#scratch,
      threads: this.#flags.threads ?? availableParallelism(),
      check: async ({ identity }: BeamJob, module: string) =>
        checkWorkerIdentity(identity, await identifyWorker(projectRoot, module, identity.files)),
    });
  }
}

/** Of this process alone. A runner may name a folder that a user who isn't root can't write to. */
async function makeScratch(named: string): Promise<string> {
  const folder = await access(named, fileModes.W_OK).then(
    () => named,
    () => tmpdir(),
  );
  return mkdtemp(join(folder, 'ailab-worker-'));
}

/** Less than those wait who send the signal, before they kill. */
const graceMilliseconds = 2500;

interface Ending {
  /** Aborted when this process is to end before its runner ends it. */
  readonly signal: AbortSignal;
  /** Resolves at the same time. */
  readonly begun: Promise<undefined>;
  /** Resolves when what had to be ended has had its time. */
  readonly overdue: Promise<void>;
  status(): number;
}

function endingOfProcess(): Ending {
  const controller = new AbortController();
  const { signal } = controller;
  const begun = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined));
  });
  const overdue = begun.then(() => sleep(graceMilliseconds));
  let ended: NodeJS.Signals | undefined;
  const end = (by: NodeJS.Signals): void => {
    ended ??= by;
    controller.abort();
  };
  // Process 1 of a container ends by no signal that it does not listen for.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, end);
  // The process that started this one as one of several is no more: nobody else would end it.
  process.on('disconnect', () => end('SIGTERM'));
  return {
    signal,
    begun,
    overdue,
    status: () => (ended === undefined ? 0 : 128 + constants.signals[ended]),
  };
}
