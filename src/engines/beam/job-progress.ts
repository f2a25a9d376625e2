import type { PlannedStage } from '../../pipeline/index.js';
import type { BuildPhase, BuildProgress } from '../engine.js';
import type { BeamJob } from './beam-job.js';
import type { JobCounter } from './job/submitter.js';
import { type StageCounts, stageCounter } from './steps/counters.js';

interface StageState {
  readonly name: string;
  readonly phase: BuildPhase;
  /** Known before, of sources that say so. */
  readonly sizes: { readonly rows?: number; readonly bytes?: number };
  began: number | undefined;
  /** When its last task was done. */
  finished: number | undefined;
  ended: boolean;
  tasks: number;
  done: number;
  rows: number;
}

export interface TaskCounts {
  readonly staged: number;
  readonly done: number;
}

/** Tells of a job's counters, or of what lies in its work location, what a build on this machine tells of its stages. */
export class JobProgress {
  readonly #report: (event: BuildProgress) => void;
  readonly #stages: readonly StageState[];
  #isCounted = false;

  constructor(report: (event: BuildProgress) => void, stages: readonly PlannedStage[], { sources }: BeamJob) {
    this.#report = report;
    const state = { began: undefined, finished: undefined, ended: false, tasks: 0, done: 0, rows: 0 };
    this.#stages = [
      ...stages.map(({ name, root }) => {
        const shards = sources.find(({ node }) => root.kind === 'source' && node === root.node)?.shards ?? [];
        const phase = root.kind === 'shuffle' ? ('sorting' as const) : ('reading' as const);
        return { name, phase, sizes: sizesOf(shards), ...state };
      }),
      { name: 'shards', phase: 'encoding', sizes: {}, ...state },
    ];
  }

  /** Whether the service tells counters: Python's runner does so when the job is over. */
  get isCounted(): boolean {
    return this.#isCounted;
  }

  /** Takes all counters, as far as the service has heard of them. Those of bundles that are tried again may fall: they are shown when they rise. */
  take(counters: readonly JobCounter[]): void {
    const sums = new Map<string, number>();
    for (const { name, attempted, committed } of counters) {
      const value = Number(attempted > (committed ?? 0n) ? attempted : (committed ?? 0n));
      sums.set(name, (sums.get(name) ?? 0) + value);
    }
    for (const stage of this.#stages) {
      const sum = (what: StageCounts) => sums.get(stageCounter(what, stage.name));
      const tasks = sum('tasks');
      if (tasks === undefined || stage.ended) continue;
      this.#isCounted = true;
      this.#update(stage, tasks, sum('tasks done') ?? 0, sum('rows') ?? 0, sum('bad rows') ?? 0);
      if (stage.finished !== undefined) this.#end(stage, stage.finished);
    }
  }

  /** Takes how many tasks are staged and done, by stage; `shards` are the last. Rows are told by the counters alone. */
  takeTasks(counts: ReadonlyMap<number | 'shards', TaskCounts>): void {
    for (const [index, stage] of this.#stages.entries()) {
      const { staged = 0, done = 0 } = counts.get(index === this.#stages.length - 1 ? 'shards' : index) ?? {};
      if (staged > 0 && !stage.ended) this.#update(stage, staged, done, 0, 0);
    }
  }

  /** The job is done: whatever its service did not tell any more. */
  end(): void {
    for (const stage of this.#stages) {
      if (stage.ended) continue;
      this.#update(stage, stage.tasks, stage.tasks, stage.rows, 0);
      this.#end(stage, stage.finished ?? performance.now());
    }
  }

  #update(stage: StageState, tasks: number, done: number, rows: number, badRows: number): void {
    const { name, phase, sizes } = stage;
    stage.tasks = tasks;
    if (stage.began === undefined) {
      stage.began = performance.now();
      this.#report({ type: 'stage-start', stage: name, phase, tasks, ...sizes });
    }
    if (rows > stage.rows) {
      stage.rows = rows;
      this.#report({ type: 'rows', stage: name, rows, ...(badRows > 0 && { badRows }) });
    }
    if (done > stage.done) {
      stage.done = Math.min(done, tasks);
      this.#report({ type: 'task-end', stage: name, done: stage.done, tasks, rows: stage.rows });
    }
    if (stage.done >= tasks) stage.finished ??= performance.now();
  }

  #end(stage: StageState, finished: number): void {
    stage.ended = true;
    const seconds = (finished - (stage.began ?? finished)) / 1000;
    this.#report({ type: 'stage-end', stage: stage.name, rows: stage.rows, seconds });
  }
}

function sizesOf(shards: readonly { readonly rows?: number; readonly bytes?: number }[]) {
  const sum = (of: (shard: { readonly rows?: number; readonly bytes?: number }) => number | undefined) => {
    const parts = shards.map(of).filter((part) => part !== undefined);
    return parts.length < shards.length || parts.length === 0 ? undefined : parts.reduce((a, b) => a + b, 0);
  };
  const [rows, bytes] = [sum((shard) => shard.rows), sum((shard) => shard.bytes)];
  return { ...(rows !== undefined && { rows }), ...(bytes !== undefined && { bytes }) };
}
