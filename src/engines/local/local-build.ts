import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { internalError } from '../../core/errors/index.js';
import type { GraphNode, PlannedStage } from '../../pipeline/index.js';
import type { SourceState } from '../../sources/index.js';
import type { RunSummary, ShardResult } from '../../writers/index.js';
import type { BuildOutput, BuildProgress, SplitOutput } from '../engine.js';
import type { PreparedJob } from '../task/prepared-job.js';
import type { SideInputFile, StageResult, StageTask, Task, TaskResult } from '../task/task.js';
import { TaskControl } from '../task/task-control.js';
import type { TaskRunner } from '../task/task-runner.js';
import { FanOuts } from './fan-outs.js';
import { checkJoin } from './join-reports.js';
import { KeptElements } from './kept-elements.js';
import { runTasks, Stopper } from './run-tasks.js';
import { StageProgress } from './stage-progress.js';
import { stageTasks } from './stage-tasks.js';
import { planSplits, shardTasks, splitOutputs } from './write-shards.js';

/** A stage that is running. */
interface StageWork {
  readonly stage: PlannedStage;
  readonly tasks: readonly StageTask[];
  readonly results: StageResult[];
  readonly progress: StageProgress;
  left: number;
}

/** One build on this machine: its stages one after the other, then its shards. */
export class LocalBuild {
  readonly #prepared: PreparedJob;
  readonly #runner: TaskRunner;
  readonly #report: (event: BuildProgress) => void;
  readonly #control: TaskControl;
  readonly #stopper: Stopper;
  readonly #kept = new KeptElements();
  readonly #fanOuts: FanOuts;
  readonly #finished = new Set<PlannedStage>();
  readonly #sideInputs: SideInputFile[] = [];
  readonly #runs: RunSummary[] = [];
  readonly #counters = new Map<string, number>();
  /** How many examples each split still takes; undefined for all. */
  readonly #limits: Map<string, number> | undefined;

  constructor(prepared: PreparedJob, runner: TaskRunner, report: (event: BuildProgress) => void) {
    const { plan, job } = prepared;
    this.#prepared = prepared;
    this.#runner = runner;
    this.#report = report;
    this.#control = TaskControl.create(plan.stages.length);
    this.#stopper = new Stopper(() => this.#control.stop());
    this.#fanOuts = new FanOuts(plan);
    const limit = job.maxExamplesPerSplit;
    this.#limits = limit === undefined ? undefined : new Map(plan.splits.map((split) => [split, limit]));
  }

  /** Makes `run` end soon, with this error unless there was one before. */
  stop(error: unknown): void {
    this.#stopper.stop(error);
  }

  async run(): Promise<Omit<BuildOutput, 'engine'>> {
    const { graph } = this.#prepared;
    const states = this.#sourceStates();
    // It is awaited at the end; should it fail before, that is not unhandled.
    states.catch(() => {});
    try {
      for (let wave = this.#nextStages(); wave.length > 0; wave = this.#nextStages()) await this.#runStages(wave);
      const splits = await this.#writeShards();
      await this.#stopper.race(this.#teardown());
      const sources = await this.#stopper.race(states);
      const counters = Object.fromEntries([...this.#counters].sort(([a], [b]) => (a < b ? -1 : 1)));
      return { splits, counters, sources, graphFingerprint: graph.fingerprint, facts: graph.facts };
    } catch (error) {
      this.#stopper.stop(error);
      // The first error is the one to report: what goes wrong while cleaning up after it would only hide it.
      await this.#stopper.race(this.#teardown()).catch(() => {});
      throw error;
    }
  }

  /**
   * The stages that can run now, in the order of the plan. A build of the first examples runs one at a time: several may feed one split.
   */
  #nextStages(): readonly PlannedStage[] {
    const unfinished = this.#unfinished();
    const [first] = unfinished;
    if (first === undefined) return [];
    if (this.#limits !== undefined) return [first];
    const wave: PlannedStage[] = [];
    for (const stage of unfinished) {
      // Later levels wait for side inputs.
      if (stage.level !== first.level) break;
      const feeders = unfinished.filter((other) => feeds(other, stage));
      // What a fan-out deals can be worked on while it is still fed.
      const canStart =
        stage.root.kind === 'fanOut' ? feeders.every((feeder) => wave.includes(feeder)) : feeders.length === 0;
      if (canStart) wave.push(stage);
    }
    return wave;
  }

  async #runStages(stages: readonly PlannedStage[]): Promise<void> {
    const works: StageWork[] = [];
    try {
      for (const stage of stages) works.push(await this.#begin(stage));
      const limited = this.#limits !== undefined;
      await runTasks(
        {
          // In this order: a task that waits for a fan-out's feeders starts after them, so they never wait for its place.
          tasks: works.flatMap((work) => work.tasks.map((task, index) => ({ work, task, index }))),
          concurrency: limited ? 1 : this.#runner.concurrency,
          run: ({ work, task, index }) => this.#runStageTask(work, task, index),
          isEnough: () => stages.every((stage) => this.#isEnough(stage)),
        },
        this.#stopper,
      );
      for (const work of works) await this.#end(work);
    } finally {
      for (const work of works) work.progress.close();
    }
  }

  async #begin(stage: PlannedStage): Promise<StageWork> {
    const { tasks, rows, bytes } = await this.#stopper.race(
      stageTasks(this.#prepared, stage, this.#kept, this.#fanOuts, this.#runner.concurrency),
    );
    const index = this.#prepared.plan.stages.indexOf(stage);
    const start = {
      stage: stage.name,
      tasks: tasks.length,
      ...(rows === undefined ? {} : { rows }),
      ...(bytes === undefined ? {} : { bytes }),
    };
    const progress = new StageProgress(this.#report, start, () => this.#control.rowsOf(index));
    const work = { stage, tasks, results: [], progress, left: tasks.length };
    if (work.left === 0) this.#tasksEnded(work);
    return work;
  }

  async #runStageTask(work: StageWork, task: StageTask, index: number): Promise<void> {
    const result = await this.#call(
      this.#limits === undefined ? task : { ...task, limits: Object.fromEntries(this.#limits) },
    );
    if (result.kind !== 'stage') throw internalError(`a stage task gave ${result.kind}`);
    work.results[index] = result;
    for (const run of result.runs) {
      const left = this.#limits?.get(run.split);
      if (left !== undefined) this.#limits?.set(run.split, left - run.rows);
    }
    work.progress.taskEnded();
    work.left--;
    if (work.left === 0) this.#tasksEnded(work);
  }

  #tasksEnded({ stage, progress }: StageWork): void {
    for (const output of stage.outputs) if (output.kind === 'fanOut') this.#fanOuts.producerEnded(output.node);
    progress.end();
  }

  #call(task: Task): Promise<TaskResult> {
    const { job, graph } = this.#prepared;
    const { nodes, splits, fingerprint, facts } = graph;
    const sideInputs = this.#sideInputs;
    return this.#runner.run(task, {
      job,
      facts,
      signature: { nodes, splits, fingerprint },
      sideInputs,
      control: this.#control.shared,
    });
  }

  /** Gathers what a stage gave, and makes ready what later stages read. */
  async #end(work: StageWork): Promise<void> {
    const { stage, results } = work;
    this.#finished.add(stage);
    // Not all tasks ran when the first ones gave enough.
    if (work.left > 0) this.#tasksEnded(work);
    const done = results.filter((result) => result !== undefined);
    this.#kept.add(stage, done);
    this.#runs.push(...done.flatMap((result) => result.runs));
    for (const result of done) this.#count(result.counters);
    const node = this.#prepared.graph.nodes[stage.root.node] as GraphNode;
    if (node.kind === 'join' && stage.root.kind === 'shuffle') {
      this.#count(
        checkJoin(
          node,
          done.flatMap((result) => result.join ?? []),
        ),
      );
    }
    this.#dropInput(stage);
    await this.#writeSideInputs(stage);
  }

  #count(counters: Readonly<Record<string, number>>): void {
    for (const [name, amount] of Object.entries(counters))
      this.#counters.set(name, (this.#counters.get(name) ?? 0) + amount);
  }

  #dropInput({ root }: PlannedStage): void {
    if (root.kind === 'shuffle') this.#kept.drop('shuffle', root.node);
    if (root.kind === 'fanOut')
      for (const file of this.#fanOuts.consumer(root.node).files) rmSync(file, { force: true });
    const again = this.#unfinished().some((later) => later.root.kind === 'relay' && later.root.node === root.node);
    if (root.kind === 'relay' && !again) this.#kept.drop('relay', root.node);
  }

  #unfinished(): PlannedStage[] {
    return this.#prepared.plan.stages.filter((stage) => !this.#finished.has(stage));
  }

  async #writeSideInputs(stage: PlannedStage): Promise<void> {
    for (const output of stage.outputs) {
      if (output.kind !== 'sideInput') continue;
      const { node, form } = output;
      if (
        this.#unfinished().some((later) =>
          later.outputs.some((other) => other.kind === 'sideInput' && other.node === node),
        )
      )
        continue;
      const filePrefix = join(this.#prepared.job.workDirectory, `side${node}`);
      const slices = this.#kept.slices('sideInput', node);
      const task: Task = { kind: 'sideInput', node, form, slices, file: `${filePrefix}-value`, filePrefix };
      await this.#stopper.race(this.#call(task));
      this.#kept.drop('sideInput', node);
      this.#sideInputs.push({ node, file: task.file });
    }
  }

  /** Whether a build of the first examples needs nothing more of a stage. */
  #isEnough(stage: PlannedStage): boolean {
    const limits = this.#limits;
    if (limits === undefined) return false;
    return stage.outputs.every((output) => output.kind === 'split' && limits.get(output.split) === 0);
  }

  async #writeShards(): Promise<readonly SplitOutput[]> {
    const { job, plan } = this.#prepared;
    this.#stopper.throwIfStopped();
    const plans = planSplits(job, plan.splits, this.#runs);
    const tasks = shardTasks(job, plans);
    const rows = plans.reduce((sum, split) => sum + split.examples, 0);
    const results: ShardResult[] = [];
    let written = 0;
    const progress = new StageProgress(this.#report, { stage: 'shards', tasks: tasks.length, rows }, () => written);
    try {
      await runTasks(
        {
          tasks,
          concurrency: this.#runner.concurrency,
          run: async (shard) => {
            const result = await this.#call({ kind: 'encode', shard });
            if (result.kind !== 'encode') throw internalError(`a shard's task gave ${result.kind}`);
            results.push(result.shard);
            written += result.shard.examples;
            progress.taskEnded();
          },
        },
        this.#stopper,
      );
      progress.end();
    } finally {
      progress.close();
    }
    return splitOutputs(plans, results);
  }

  async #teardown(): Promise<void> {
    const steps = this.#prepared.plan.stages.flatMap((stage) => stage.steps);
    if (steps.some((step) => step.kind === 'withResource')) await this.#runner.teardown();
  }

  /** The state of every input, each once, while the workers read them. */
  async #sourceStates(): Promise<readonly SourceState[]> {
    const { graph, plan, sourceContext } = this.#prepared;
    const states = await Promise.all(
      plan.stages.map(({ root }) => {
        const operation = graph.operations[root.node];
        return root.kind === 'source' && operation?.kind === 'read' ? operation.source.state(sourceContext) : [];
      }),
    );
    const byUri = new Map(states.flat().map((state) => [state.uri, state]));
    return [...byUri.values()].sort((a, b) => (a.uri < b.uri ? -1 : 1));
  }
}

/** Whether a stage writes what another one reads. */
function feeds(stage: PlannedStage, reader: PlannedStage): boolean {
  const { kind, node } = reader.root;
  return stage.outputs.some((output) => output.kind === kind && 'node' in output && output.node === node);
}
