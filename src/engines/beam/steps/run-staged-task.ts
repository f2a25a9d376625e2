import { TaskControl } from '../../task/task-control.js';
import type { TaskRunner } from '../../task/task-runner.js';
import { newNonce } from '../files/index.js';
import { type StageCounts, stageCounter } from './counters.js';
import { encodeDocument, readDocument, type StagedTask } from './staged-documents.js';
import type { WorkerJob } from './worker-job.js';

/** How often rows are counted while a task runs. */
const countMilliseconds = 200;

/** What a task is run with. */
export interface TaskPlace {
  readonly runner: TaskRunner;
  readonly signal: AbortSignal;
  /** Adds to a counter of the job. */
  count(name: string, amount: number): void;
}

/**
 * Runs a staged task and stages what it gave; another attempt at the same task does no harm.
 *
 * @returns the name of the staged result.
 */
export async function runStagedTask(job: WorkerJob, name: string, place: TaskPlace): Promise<string> {
  return runTask(job, await readDocument<StagedTask>(job.files, name), place);
}

/** The same of a task that nobody staged. */
export async function runTask(job: WorkerJob, staged: StagedTask, place: TaskPlace): Promise<string> {
  const { files, beam, plan } = job;
  const control = TaskControl.create(plan.stages.length);
  const stop = () => control.stop();
  place.signal.addEventListener('abort', stop, { once: true });
  if (place.signal.aborted) stop();
  const rows = new RowCounts(job, staged, control, place);
  const timer = setInterval(() => rows.count(), countMilliseconds);
  const local = await files.localise(job.restore(staged.task));
  try {
    const sideInputs = await files.localiseSideInputs(staged.sideInputs);
    const { facts, signature } = beam;
    const setup = { job: job.job, facts, signature, sideInputs, control: control.shared };
    const result = await local.upload(await place.runner.run(local.task, setup));
    const name = `results/${nameOf(staged)}-${newNonce()}`;
    await files.put(name, encodeDocument({ origin: staged.origin, result }));
    if (result.kind === 'stage')
      for (const [counter, amount] of Object.entries(result.counters)) if (amount > 0) place.count(counter, amount);
    rows.end(result.kind === 'encode' ? result.shard.examples : 0);
    return name;
  } finally {
    clearInterval(timer);
    place.signal.removeEventListener('abort', stop);
    await local.close();
  }
}

function nameOf({ origin }: StagedTask): string {
  switch (origin.kind) {
    case 'stage':
      return `stage${origin.stage}-${origin.task}`;
    case 'sideInput':
      return `side${origin.node}`;
    case 'shard':
      return `shard${origin.task}`;
  }
}

/** Counts what a task has read since it was counted last. */
class RowCounts {
  readonly #stage: number | undefined;
  readonly #name: string;
  readonly #control: TaskControl;
  readonly #place: TaskPlace;
  #rows = 0;
  #badRows = 0;

  constructor({ plan }: WorkerJob, { origin }: StagedTask, control: TaskControl, place: TaskPlace) {
    this.#stage = origin.kind === 'stage' ? origin.stage : undefined;
    this.#name = origin.kind === 'stage' ? (plan.stages[origin.stage]?.name ?? '') : 'shards';
    this.#control = control;
    this.#place = place;
  }

  count(): void {
    if (this.#stage === undefined) return;
    const rows = this.#control.rowsOf(this.#stage);
    const badRows = this.#control.badRowsOf(this.#stage);
    this.#add('rows', rows - this.#rows);
    this.#add('bad rows', badRows - this.#badRows);
    this.#rows = rows;
    this.#badRows = badRows;
  }

  /** @param examples that a shard holds. */
  end(examples: number): void {
    this.count();
    this.#add('rows', examples);
    this.#add('tasks done', 1);
  }

  #add(what: StageCounts, amount: number): void {
    if (amount > 0) this.#place.count(stageCounter(what, this.#name), amount);
  }
}
