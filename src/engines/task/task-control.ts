/**
 * What the submitter and the workers of one build share in memory: whether to stop, and how many rows were read and left out.
 *
 * Messages would come too late: a worker that runs the author's synchronous code reads none, and rows are reported thousands of times a second.
 */
export class TaskControl {
  readonly shared: SharedArrayBuffer;
  readonly #stopped: Int32Array;
  /** For each stage, rows that were read, and malformed ones that were left out. */
  readonly #rows: BigInt64Array;

  /** @param stages how many row counters there are. */
  static create(stages: number): TaskControl {
    return new TaskControl(new SharedArrayBuffer(8 + stages * 16));
  }

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared;
    this.#stopped = new Int32Array(shared, 0, 1);
    this.#rows = new BigInt64Array(shared, 8);
  }

  get isStopped(): boolean {
    return Atomics.load(this.#stopped, 0) === 1;
  }

  /** Makes every task stop at its next batch. */
  stop(): void {
    Atomics.store(this.#stopped, 0, 1);
    Atomics.notify(this.#stopped, 0);
  }

  addRows(stage: number, rows: number): void {
    Atomics.add(this.#rows, 2 * stage, BigInt(rows));
  }

  addBadRows(stage: number, rows: number): void {
    Atomics.add(this.#rows, 2 * stage + 1, BigInt(rows));
  }

  rowsOf(stage: number): number {
    return Number(Atomics.load(this.#rows, 2 * stage));
  }

  badRowsOf(stage: number): number {
    return Number(Atomics.load(this.#rows, 2 * stage + 1));
  }
}
