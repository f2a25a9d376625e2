import { internalError } from '../../../core/errors/index.js';
import { TaskAborted } from '../../stage/task-context.js';
import type { TaskRunner } from '../../task/task-runner.js';
import type { BeamValue, BundleContext, DoFn } from '../harness/do-fn.js';
import type { Step } from '../translate/step.js';
import { stageCounter } from './counters.js';
import { failureOf, stageFailure } from './failures.js';
import { finishBuild, planShardTasks } from './plan-shards.js';
import { planStage } from './plan-stage.js';
import { runStagedTask } from './run-staged-task.js';
import type { WorkerJob } from './worker-job.js';
import { writeSideInput } from './write-side-input.js';

/** The one output of our ParDos, as the translation names it. */
const output = 'out';
const nothing = new Uint8Array();

/** A DoFn that does one step of a job. Its elements are pairs of names; what fails is staged, so that the submitter has the author's own error. */
export function stepDoFn(job: WorkerJob, step: Step, runner: TaskRunner): DoFn {
  return new StepDoFn(job, step, runner);
}

type Pair = readonly [Uint8Array, Uint8Array];

/**
 * Works on as many elements of a bundle as there are threads for tasks: a runner may hand all tasks of a stage to one worker, in one bundle. `process` returns when the next element can
 * be begun, so that a bundle is split behind what was begun; what was made is given in it and in `finishBundle`.
 */
class StepDoFn implements DoFn {
  readonly #job: WorkerJob;
  readonly #step: Step;
  readonly #runner: TaskRunner;
  readonly #atOnce: number;
  readonly #abort = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #made: Pair[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(job: WorkerJob, step: Step, runner: TaskRunner) {
    this.#job = job;
    this.#step = step;
    this.#runner = runner;
    this.#atOnce = step.kind === 'run' || step.kind === 'encode' ? runner.concurrency : 1;
  }

  async process(element: BeamValue, context: BundleContext): Promise<void> {
    const working = this.#work(await readInput(element, this.#step), context).finally(() => {
      this.#running.delete(working);
    });
    this.#running.add(working);
    while (this.#running.size >= this.#atOnce) await Promise.race(this.#running);
    await this.#give(context);
  }

  async finishBundle(context: BundleContext): Promise<void> {
    await Promise.all(this.#running);
    await this.#give(context);
  }

  /** After a bundle that failed, what is still running is stopped. */
  async teardown(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#running);
  }

  /** Never rejects: the first failure is thrown by whoever of the bundle is called next. */
  async #work(input: StepInput, context: BundleContext): Promise<void> {
    const signal = AbortSignal.any([context.signal, this.#abort.signal]);
    try {
      const made = await doStep(this.#job, this.#step, this.#runner, input, context, signal);
      this.#made.push(...made);
    } catch (error) {
      this.#failure ??= { error };
      if (error instanceof TaskAborted || signal.aborted) return;
      const what = `${JSON.stringify(this.#step)} ${input.key}`;
      await stageFailure(this.#job.files, failureOf(what, error, input.values, new Date()));
    }
  }

  async #give(context: BundleContext): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const made = this.#made;
    this.#made = [];
    for (const pair of made) await context.emit(output, pair);
  }
}

async function doStep(
  job: WorkerJob,
  step: Step,
  runner: TaskRunner,
  { key, values }: StepInput,
  context: BundleContext,
  signal: AbortSignal,
): Promise<readonly Pair[]> {
  const place = { runner, signal, count: (name: string, amount: number) => context.counter(name, amount) };
  switch (step.kind) {
    case 'start':
      return [[nothing, nothing]];
    case 'plan': {
      const tasks = await planStage(job, step.stage, values);
      context.counter(stageCounter('tasks', job.plan.stages[step.stage]?.name ?? ''), tasks.length);
      return tasks.map(keyed);
    }
    case 'planShards': {
      const tasks = await planShardTasks(job, values);
      context.counter(stageCounter('tasks', 'shards'), tasks.length);
      return tasks.map(keyed);
    }
    case 'run':
    case 'encode':
      return [gathered(await runStagedTask(job, key, place))];
    case 'sideInput':
      return [gathered(await writeSideInput(job, step.node, values, place))];
    case 'finish':
      await finishBuild(job, values);
      return [];
  }
}

/** Tasks are keyed by their names, so that the next GroupByKey deals them to the workers. */
function keyed(task: string): Pair {
  return [Buffer.from(task), nothing];
}

/** Results have one key, under which the next barrier gathers them. */
function gathered(result: string): Pair {
  return [nothing, Buffer.from(result)];
}

/** What a GroupByKey gave: the name of a task, or names of results. */
interface StepInput {
  readonly key: string;
  readonly values: readonly string[];
}

async function readInput(element: BeamValue, step: Step): Promise<StepInput> {
  if (step.kind === 'start') return { key: '', values: [] };
  if (element instanceof Uint8Array || Symbol.asyncIterator in element)
    throw internalError(`a step got an element that is no pair: ${step.kind}`);
  const [key, group] = element;
  if (!(key instanceof Uint8Array) || group instanceof Uint8Array || !(Symbol.asyncIterator in group))
    throw internalError(`a step got a pair that is no group: ${step.kind}`);
  const values: string[] = [];
  for await (const value of group) {
    if (!(value instanceof Uint8Array))
      throw internalError(`a step got a group of other things than names: ${step.kind}`);
    // What only opens a barrier has no name.
    if (value.length > 0) values.push(text(value));
  }
  return { key: text(key), values };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
