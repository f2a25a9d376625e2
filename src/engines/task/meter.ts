import { setImmediate } from 'node:timers/promises';
import type { TaskContext } from '../stage/task-context.js';
import type { TaskControl } from './task-control.js';

/** How long a task keeps its thread before signals, timers and messages get their turn. */
const turnMilliseconds = 50;

/** Counts the rows of a task, and at the end of each batch looks whether to stop or to let others run. */
export class Meter {
  #rows = 0;
  readonly #control: TaskControl;
  readonly #stage: number;
  readonly #context: TaskContext;
  #turnEnds = performance.now() + turnMilliseconds;

  constructor(control: TaskControl, stage: number, context: TaskContext) {
    this.#control = control;
    this.#stage = stage;
    this.#context = context;
  }

  /** Call it every thousand elements or so. Returns a promise only when it is time to yield. */
  endOfBatch(rows: number): Promise<void> | undefined {
    this.#rows += rows;
    this.#control.addRows(this.#stage, rows);
    this.#context.throwIfAborted();
    return performance.now() < this.#turnEnds ? undefined : this.#yield();
  }

  /** Rows since the last call. */
  takeRows(): number {
    const rows = this.#rows;
    this.#rows = 0;
    return rows;
  }

  async #yield(): Promise<void> {
    await setImmediate();
    this.#context.throwIfAborted();
    this.#turnEnds = performance.now() + turnMilliseconds;
  }
}
