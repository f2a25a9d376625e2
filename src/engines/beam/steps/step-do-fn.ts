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
  return {
    async process(element, context) {
      const input = await readInput(element, step);
      try {
        await work(job, step, runner, input, context);
      } catch (error) {
        if (error instanceof TaskAborted || context.signal.aborted) throw error;
        const what = `${JSON.stringify(step)} ${input.key}`;
        await stageFailure(job.files, failureOf(what, error, input.values, new Date()));
        throw error;
      }
    },
  };
}

async function work(
  job: WorkerJob,
  step: Step,
  runner: TaskRunner,
  { key, values }: StepInput,
  context: BundleContext,
): Promise<void> {
  const place = {
    runner,
    signal: context.signal,
    count: (name: string, amount: number) => context.counter(name, amount),
  };
  switch (step.kind) {
    case 'start':
      await context.emit(output, [nothing, nothing]);
      return;
    case 'plan': {
      const tasks = await planStage(job, step.stage, values);
      context.counter(stageCounter('tasks', job.plan.stages[step.stage]?.name ?? ''), tasks.length);
      return deal(tasks, context);
    }
    case 'planShards': {
      const tasks = await planShardTasks(job, values);
      context.counter(stageCounter('tasks', 'shards'), tasks.length);
      return deal(tasks, context);
    }
    case 'run':
    case 'encode':
      return give(await runStagedTask(job, key, place), context);
    case 'sideInput':
      return give(await writeSideInput(job, step.node, values, place), context);
    case 'finish':
      return finishBuild(job, values);
  }
}

/** Tasks are keyed by their names, so that the next GroupByKey deals them to the workers. */
async function deal(tasks: readonly string[], context: BundleContext): Promise<void> {
  for (const task of tasks) await context.emit(output, [Buffer.from(task), nothing]);
}

/** Results have one key, under which the next barrier gathers them. */
async function give(result: string, context: BundleContext): Promise<void> {
  await context.emit(output, [nothing, Buffer.from(result)]);
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
