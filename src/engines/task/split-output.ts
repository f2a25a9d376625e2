import type { CellBatch, CellColumn } from '../../features/index.js';
import type { GraphNode, Key } from '../../pipeline/index.js';
import type { RunSummary } from '../../writers/index.js';
import { Lane } from '../stage/lane.js';
import type { TaskContext } from '../stage/task-context.js';
import type { ExampleWriter } from './prepared-job.js';

export interface SplitOutputOptions {
  /** @param examples how many it has written before, to another file. */
  readonly open: (examples: number) => ExampleWriter;
  /** How many examples it takes; those after them are left out. */
  readonly limit: number;
  readonly context: TaskContext;
  /** The step whose elements it takes. */
  readonly from: GraphNode;
}

/** One split's examples of one task. Its file and buffer come with the first example. */
export class SplitOutput {
  /** Called when the split has as many examples as it may. */
  onFull: () => void = () => {};
  readonly #open: (examples: number) => ExampleWriter;
  readonly #context: TaskContext;
  readonly #from: GraphNode;
  readonly #lane: Lane;
  #left: number;
  #writer: ExampleWriter | undefined;
  #taken = 0;

  constructor({ open, limit, context, from }: SplitOutputOptions) {
    this.#open = open;
    this.#context = context;
    this.#from = from;
    this.#left = limit;
    // Half a place further down than the step that it takes from.
    this.#lane = new Lane(
      context,
      from.id + 0.5,
      (prepared, _value, key) => this.#write(this.#writer ?? this.#start(), prepared, key),
      (error) => this.#failure(error),
    );
  }

  get isFull(): boolean {
    return this.#left === 0;
  }

  add(example: unknown, key: unknown): void {
    if (this.#left === 0) return;
    this.#left--;
    const writer = this.#writer ?? this.#start();
    if (writer.prepare !== undefined) this.#lane.add(writer.prepare(key as Key, example), undefined, key);
    else this.#write(writer, example, key);
    if (this.#left === 0) this.onFull();
  }

  /** The fields of an example, in the order in which `addCells` takes their columns; undefined where it takes none. */
  get cellFields(): readonly string[] | undefined {
    return this.#left === Number.POSITIVE_INFINITY ? (this.#writer ?? this.#start()).cellFields : undefined;
  }

  /**
   * Adds the rows `from .. to` of cells.
   *
   * @param columns in the order of `cellFields`
   * @returns the first row that has to come as an example, else `to`
   */
  addCells(batch: CellBatch, key: CellColumn, columns: readonly CellColumn[], from: number, to: number): number {
    try {
      return (this.#writer ?? this.#start()).addCells(batch, key, columns, from, to);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  /** Closes the file, and says what it holds; what is added afterwards goes to another one. */
  take(): RunSummary | undefined {
    const run = this.#writer?.finish();
    this.#taken += run?.rows ?? 0;
    this.#writer = undefined;
    return run;
  }

  abort(): void {
    this.#writer?.abort();
  }

  #start(): ExampleWriter {
    const writer = this.#open(this.#taken);
    this.#writer = writer;
    return writer;
  }

  #write(writer: ExampleWriter, example: unknown, key: unknown): void {
    try {
      writer.add(key as Key, example);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  /** The writer names split and key; what is left to say is where the example came from. */
  #failure(cause: unknown): unknown {
    return this.#context.outputError(this.#from, cause, undefined);
  }
}
