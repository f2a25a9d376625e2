import type { BuildProgress } from '../../src/engines/index.js';
import { formatBytes, formatCount, formatRate } from '../terminal/index.js';

/** What a stage counts. Bytes travel in the events' `rows`. */
export type ProgressUnit = 'rows' | 'bytes';

/** How far one stage of a build has come. */
export interface StageProgress {
  readonly stage: string;
  readonly tasks: number;
  readonly tasksDone: number;
  /** Rows so far. */
  readonly rows: number;
  /** Malformed ones that were left out. */
  readonly badRows: number;
  /** What `rows` counts, where the stage says it itself. */
  readonly unit?: ProgressUnit;
  /** How many rows there will be, where it is known. */
  readonly expectedRows: number | undefined;
  /** Seconds on the clock that `advance` is given. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

/** The stages of one build in the order they began. */
export type Stages = ReadonlyMap<string, StageProgress>;

/**
 * The stages after an event; those before it are left as they were.
 *
 * @param seconds the time of the event on any steady clock
 */
export function advance(stages: Stages, event: BuildProgress, seconds: number): Stages {
  const next = new Map(stages);
  const stage = stages.get(event.stage) ?? begin(event.stage, seconds);
  switch (event.type) {
    case 'stage-start':
      next.set(event.stage, {
        ...begin(event.stage, seconds),
        tasks: event.tasks,
        expectedRows: event.rows,
        ...(event.unit !== undefined && { unit: event.unit }),
      });
      break;
    case 'rows':
      next.set(event.stage, {
        ...stage,
        rows: Math.max(stage.rows, event.rows),
        badRows: Math.max(stage.badRows, event.badRows ?? 0),
      });
      break;
    case 'task-end':
      next.set(event.stage, {
        ...stage,
        tasks: event.tasks,
        tasksDone: event.done,
        rows: Math.max(stage.rows, event.rows),
      });
      break;
    case 'stage-end':
      next.set(event.stage, {
        ...stage,
        rows: Math.max(stage.rows, event.rows),
        tasksDone: stage.tasks,
        endedAt: stage.startedAt + event.seconds,
      });
      break;
    case 'bad-rows':
      next.set(event.stage, { ...stage, badRows: event.report.rows });
      break;
  }
  return next;
}

function begin(stage: string, seconds: number): StageProgress {
  return {
    stage,
    tasks: 0,
    tasksDone: 0,
    rows: 0,
    badRows: 0,
    expectedRows: undefined,
    startedAt: seconds,
    endedAt: undefined,
  };
}

/** The part that is done, 0 to 1, or undefined where nobody knows how much there is. */
export function fractionDone(stage: StageProgress): number | undefined {
  if (stage.endedAt !== undefined) return 1;
  if (stage.expectedRows !== undefined && stage.expectedRows > 0) return Math.min(1, stage.rows / stage.expectedRows);
  // One task says nothing until it ends.
  return stage.tasks > 1 ? stage.tasksDone / stage.tasks : undefined;
}

/** Rows a second since the stage began. */
export function rowRate(stage: StageProgress, seconds: number): number {
  const elapsed = (stage.endedAt ?? seconds) - stage.startedAt;
  return elapsed > 0 ? stage.rows / elapsed : 0;
}

/** Seconds that are left at the pace so far; undefined before there is a pace. */
export function secondsLeft(stage: StageProgress, seconds: number): number | undefined {
  const fraction = fractionDone(stage);
  const elapsed = seconds - stage.startedAt;
  if (fraction === undefined || fraction === 0 || elapsed < 1) return undefined;
  return (elapsed * (1 - fraction)) / fraction;
}

/** `1,234 rows`, `18.9 MiB`. */
export function amountText(amount: number, unit: ProgressUnit): string {
  return unit === 'rows' ? `${formatCount(amount)} rows` : formatBytes(amount);
}

/** What a stage has read so far: `1,234 rows`, `1,234 rows (3 bad left out)`. */
export function rowsText({ rows, badRows }: StageProgress, unit: ProgressUnit): string {
  return `${amountText(rows, unit)}${badRows === 0 ? '' : ` (${formatCount(badRows)} bad left out)`}`;
}

/** `610k/s`, `120 MiB/s`. */
export function rateText(perSecond: number, unit: ProgressUnit): string {
  return `${unit === 'rows' ? formatRate(perSecond) : formatBytes(perSecond)}/s`;
}
