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
  ended: boolean;
  done: number;
  rows: number;
}

/** Tells of a job's counters what a build on this machine tells of its stages. */
export class JobProgress {
  readonly #report: (event: BuildProgress) => void;
  readonly #stages: readonly StageState[];

  constructor(report: (event: BuildProgress) => void, stages: readonly PlannedStage[], { sources }: BeamJob) {
    this.#report = report;
    const state = { began: undefined, ended: false, done: 0, rows: 0 };
    this.#stages = [
      ...stages.map(({ name, root }) => {
        const shards = sources.find(({ node }) => root.kind === 'source' && node === root.node)?.shards ?? [];
        const phase = root.kind === 'shuffle' ? ('sorting' as const) : ('reading' as const);
        return { name, phase, sizes: sizesOf(shards), ...state };
      }),
      { name: 'shards', phase: 'encoding', sizes: {}, ...state },
    ];
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
      this.#update(stage, tasks, sum('tasks done') ?? 0, sum('rows') ?? 0, sum('bad rows') ?? 0);
    }
  }

  /** The job is done: whatever its service did not tell any more. */
  end(): void {
    for (const stage of this.#stages) {
      if (stage.ended) continue;
      this.#update(stage, stage.done, stage.done, stage.rows, 0);
    }
  }

  #update(stage: StageState, tasks: number, done: number, rows: number, badRows: number): void {
    const { name, phase, sizes } = stage;
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
    if (stage.done < tasks) return;
    stage.ended = true;
    const seconds = (performance.now() - stage.began) / 1000;
    this.#report({ type: 'stage-end', stage: name, rows: stage.rows, seconds });
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
