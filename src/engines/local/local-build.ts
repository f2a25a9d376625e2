import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { internalError } from '../../core/errors/index.js';
import type { PlannedStage } from '../../pipeline/index.js';
import type { ShardResult } from '../../writers/index.js';
import type { BuildOutput, BuildProgress, SplitOutput } from '../engine.js';
import { badRowFile, reportBadRows } from '../gather/bad-row-reports.js';
import { buildOutput } from '../gather/build-output.js';
import { GatheredResults } from '../gather/gathered-results.js';
import { feeds, sideInputsFrom } from '../gather/plan-edges.js';
import { sideInputTask } from '../gather/side-inputs.js';
import { askStates, readSources, type StatesByNode } from '../gather/source-records.js';
import { makeShardDirectories, planSplits, shardTask, splitOutputs, waitingShards } from '../gather/write-shards.js';
import { mergeResults } from '../task/merge-results.js';
import type { PreparedJob } from '../task/prepared-job.js';
import type { SideInputFile, StageResult, StageTask, Task, TaskResult } from '../task/task.js';
import { TaskControl } from '../task/task-control.js';
import type { TaskRunner } from '../task/task-runner.js';
import { FanOuts } from './fan-outs.js';
import type { Resumption } from './resumption.js';
import { runTasks, Stopper } from './run-tasks.js';
import { StageProgress } from './stage-progress.js';
import { type KnownTask, stageTasks } from './stage-tasks.js';

/** A stage that is running. */
interface StageWork {
  readonly stage: PlannedStage;
  readonly tasks: readonly StageTask[];
  readonly known: readonly (KnownTask | undefined)[];
  /** What earlier attempts made that belongs to no task. */
  readonly before: readonly StageResult[];
  readonly results: StageResult[];
  readonly progress: StageProgress;
  left: number;
}

/** One build on this machine: its stages one after the other, then its shards. */
export class LocalBuild {
  readonly #prepared: PreparedJob;
  /** There only for a build that keeps a journal. */
  readonly #resumption: Resumption | undefined;
  readonly #runner: TaskRunner;
  readonly #report: (event: BuildProgress) => void;
  readonly #control: TaskControl;
  readonly #stopper: Stopper;
  readonly #gathered: GatheredResults;
  readonly #fanOuts: FanOuts;
  readonly #finished = new Set<PlannedStage>();
  readonly #sideInputs: SideInputFile[] = [];
  /** How many examples each split still takes; undefined for all. */
  readonly #limits: Map<string, number> | undefined;
  #states: Promise<StatesByNode> | undefined;

  constructor(
    prepared: PreparedJob,
    resumption: Resumption | undefined,
    runner: TaskRunner,
    report: (event: BuildProgress) => void,
  ) {
    const { graph, plan, job } = prepared;
    this.#prepared = prepared;
    this.#gathered = new GatheredResults(graph);
    this.#resumption = resumption;
    this.#runner = runner;
    this.#report = report;
    this.#control = TaskControl.create(plan.stages.length);
    this.#stopper = new Stopper(() => this.#control.stop());
    this.#fanOuts = new FanOuts(plan);
    for (const stage of plan.stages) {
      const { kind, node } = stage.root;
      if (kind === 'fanOut' && resumption !== undefined) this.#fanOuts.setDone(node, resumption.doneBatches(stage));
    }
    const limit = job.maxExamplesPerSplit;
    this.#limits = limit === undefined ? undefined : new Map(plan.splits.map((split) => [split, limit]));
  }

  /** Makes `run` end soon, with this error unless there was one before. */
  stop(error: unknown): void {
    this.#stopper.stop(error);
  }

  async run(): Promise<Omit<BuildOutput, 'engine'>> {
    try {
      for (let wave = this.#nextStages(); wave.length > 0; wave = this.#nextStages()) await this.#runStages(wave);
      const splits = await this.#writeShards();
      await this.#stopper.race(this.#teardown());
      const units = this.#resumption?.counts ?? { reused: 0, run: 0, redone: 0 };
      const work = { gathered: this.#gathered, states: await this.#stopper.race(this.#askStates()), splits, units };
      return await this.#stopper.race(buildOutput(this.#prepared, work));
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
      const running = runTasks(
        {
          // In this order: a task that waits for a fan-out's feeders starts after them, so they never wait for its place.
          tasks: works.flatMap((work) => work.tasks.map((task, index) => ({ work, task, index }))),
          concurrency: limited ? 1 : this.#runner.concurrency,
          run: ({ work, task, index }) => this.#runStageTask(work, task, index),
          isEnough: () => stages.every((stage) => this.#isEnough(stage)),
        },
        this.#stopper,
      );
      this.#askStates();
      await running;
      for (const work of works) await this.#end(work);
    } finally {
      for (const work of works) work.progress.close();
    }
  }

  async #begin(stage: PlannedStage): Promise<StageWork> {
    const { tasks, known, before, rows, bytes } = await this.#stopper.race(
      stageTasks(this.#prepared, stage, this.#gathered.kept, this.#fanOuts, this.#runner.concurrency, this.#resumption),
    );
    this.#resumption?.stageBegins(stage, tasks.length);
    const index = this.#prepared.plan.stages.indexOf(stage);
    const start = {
      stage: stage.name,
      phase: stage.root.kind === 'shuffle' ? ('sorting' as const) : ('reading' as const),
      tasks: tasks.length,
      ...(rows === undefined ? {} : { rows }),
      ...(bytes === undefined ? {} : { bytes }),
    };
    const progress = new StageProgress(
      this.#report,
      start,
      () => this.#control.rowsOf(index),
      () => this.#control.badRowsOf(index),
    );
    const work: StageWork = { stage, tasks, known, before, results: [], progress, left: tasks.length };
    this.#takeKnown(work, index);
    if (work.left === 0) this.#tasksEnded(work);
    return work;
  }

  /** Counts what earlier attempts made as done: progress goes on from there. */
  #takeKnown(work: StageWork, index: number): void {
    const finished = work.known.flatMap((known, task) => (known?.isFinished === true ? [{ task, ...known }] : []));
    for (const { task, result } of finished) work.results[task] = result;
    const rows = [...work.before, ...work.known.flatMap((known) => known?.result ?? [])];
    this.#control.addRows(
      index,
      rows.reduce((sum, result) => sum + result.rows, 0),
    );
    work.left -= finished.length;
    if (rows.length > 0) work.progress.tasksEnded(finished.length);
  }

  async #runStageTask(work: StageWork, task: StageTask, index: number): Promise<void> {
    const known = work.known[index];
    if (known?.isFinished === true) return;
    const key = task.journal?.key;
    if (key !== undefined && task.unit.kind === 'fanOut') this.#resumption?.dealingBegins(key, index);
    else if (key !== undefined) this.#resumption?.unitBegins(key);
    const result = await this.#call(
      this.#limits === undefined ? task : { ...task, limits: Object.fromEntries(this.#limits) },
    );
    if (result.kind !== 'stage') throw internalError(`a stage task gave ${result.kind}`);
    work.results[index] = known === undefined ? result : mergeResults([known.result, result]);
    for (const run of result.runs) {
      const left = this.#limits?.get(run.split);
      if (left !== undefined) this.#limits?.set(run.split, left - run.rows);
    }
    work.progress.tasksEnded(1);
    work.left--;
    if (work.left === 0) this.#tasksEnded(work);
  }

  #tasksEnded({ stage, progress }: StageWork): void {
    for (const output of stage.outputs) if (output.kind === 'fanOut') this.#fanOuts.stageEnded(output.node);
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
    const done = [...work.before, ...results.filter((result) => result !== undefined)];
    this.#gathered.add(stage, done);
    await this.#takeBadRows(stage, done);
    this.#resumption?.stageEnds(stage, work.tasks.length);
    this.#dropInput(stage);
    await this.#writeSideInputs(stage);
  }

  async #takeBadRows(stage: PlannedStage, done: readonly StageResult[]): Promise<void> {
    const { node, kind } = stage.root;
    const source = kind === 'source' ? readSources(this.#prepared).get(node) : undefined;
    if (source?.maxBadRows === undefined) return;
    const { description, maxBadRows } = source;
    const file = badRowFile(this.#prepared.job, node);
    const report = await this.#stopper.race(reportBadRows(description, maxBadRows, done, file));
    this.#gathered.addBadRows(description, report);
    if (report !== undefined) this.#report({ type: 'bad-rows', stage: stage.name, report });
  }

  #dropInput({ root }: PlannedStage): void {
    if (root.kind === 'shuffle') this.#gathered.kept.drop('shuffle', root.node);
    if (root.kind === 'fanOut')
      for (const { file } of this.#fanOuts.consumer(root.node).producers) rmSync(file, { force: true });
    const again = this.#unfinished().some((later) => later.root.kind === 'relay' && later.root.node === root.node);
    if (root.kind === 'relay' && !again) this.#gathered.kept.drop('relay', root.node);
  }

  #unfinished(): PlannedStage[] {
    return this.#prepared.plan.stages.filter((stage) => !this.#finished.has(stage));
  }

  async #writeSideInputs(stage: PlannedStage): Promise<void> {
    for (const node of sideInputsFrom(stage)) {
      const { known, journal } = this.#resumption?.sideInput(node) ?? {};
      if (this.#unfinished().some((later) => sideInputsFrom(later).includes(node))) continue;
      const filePrefix = join(this.#prepared.job.workDirectory, `side${node}`);
      const task = sideInputTask(this.#prepared.plan, node, this.#gathered.kept, filePrefix, journal);
      if (known === undefined) {
        if (journal !== undefined) this.#resumption?.unitBegins(journal.key);
        await this.#stopper.race(this.#call(task));
      }
      this.#gathered.kept.drop('sideInput', node);
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
    const plans = planSplits(job, plan.splits, this.#gathered.runs);
    const tasks = waitingShards(job, plans, (path) => join(job.outputDirectory, path));
    makeShardDirectories(tasks);
    const rows = plans.reduce((sum, split) => sum + split.examples, 0);
    const known = this.#resumption?.findShards(tasks) ?? [];
    const results: ShardResult[] = known.filter((shard) => shard !== undefined);
    let written = results.reduce((sum, shard) => sum + shard.examples, 0);
    const start = { stage: 'shards', phase: 'encoding', tasks: tasks.length, rows } as const;
    const progress = new StageProgress(this.#report, start, () => written);
    try {
      if (results.length > 0) progress.tasksEnded(results.length);
      await runTasks(
        {
          tasks: tasks.filter((_, index) => known[index] === undefined),
          concurrency: this.#runner.concurrency,
          run: async (shard) => {
            const journal = this.#resumption?.shardJournal(shard);
            if (journal !== undefined) this.#resumption?.unitBegins(journal.key);
            const result = await this.#call({ kind: 'encode', shard: shardTask(shard), journal });
            if (result.kind !== 'encode') throw internalError(`a shard's task gave ${result.kind}`);
            results.push(result.shard);
            written += result.shard.examples;
            progress.tasksEnded(1);
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

  /** The states of every source that is read: asked for when the first tasks are dealt, since digests take this thread's time, and workers would wait for their tasks. */
  #askStates(): Promise<StatesByNode> {
    this.#states ??= askStates(this.#prepared, async (node, source, states) => {
      await this.#resumption?.sources.record(node, source, states, this.#prepared.sourceContext);
    });
    // They are awaited at the end; should they fail before, that is not unhandled.
    this.#states.catch(() => {});
    return this.#states;
  }
}
