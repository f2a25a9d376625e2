import type { BuildPhase, BuildProgress } from '../engine.js';
import type { TaskControl } from '../task/task-control.js';

const reportMilliseconds = 100;

interface StageStart {
  readonly stage: string;
  readonly phase: BuildPhase;
  readonly tasks: number;
  readonly rows?: number;
  readonly bytes?: number;
}

/** Reports what one stage does: its start, its rows now and then, each task, its end. */
export class StageProgress {
  readonly #report: (event: BuildProgress) => void;
  readonly #stage: string;
  readonly #tasks: number;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #rowsNow: () => number;
  readonly #badRowsNow: () => number;
  #reported = 0;
  #done = 0;

  constructor(
    report: (event: BuildProgress) => void,
    start: StageStart,
    rowsNow: () => number,
    badRowsNow: () => number = () => 0,
  ) {
    this.#report = report;
    this.#stage = start.stage;
    this.#tasks = start.tasks;
    this.#rowsNow = rowsNow;
    this.#badRowsNow = badRowsNow;
    report({ type: 'stage-start', ...start });
    this.#timer = setInterval(() => this.#reportRows(), reportMilliseconds);
  }

  /** For stages whose tasks count their rows in shared memory. */
  static counted(
    report: (event: BuildProgress) => void,
    start: StageStart,
    control: TaskControl,
    index: number,
  ): StageProgress {
    return new StageProgress(report, start, () => control.rowsOf(index));
  }

  tasksEnded(count: number): void {
    this.#done += count;
    this.#report({ type: 'task-end', stage: this.#stage, done: this.#done, tasks: this.#tasks, rows: this.#rowsNow() });
  }

  end(): void {
    this.close();
    const seconds = (performance.now() - this.#started) / 1000;
    this.#report({ type: 'stage-end', stage: this.#stage, rows: this.#rowsNow(), seconds });
  }

  /** Stops reporting; also after a failure. */
  close(): void {
    clearInterval(this.#timer);
  }

  #reportRows(): void {
    const rows = this.#rowsNow();
    const badRows = this.#badRowsNow();
    if (rows + badRows === this.#reported) return;
    this.#reported = rows + badRows;
    this.#report({ type: 'rows', stage: this.#stage, rows, ...(badRows > 0 && { badRows }) });
  }
}
