import type { Table } from 'apache-arrow';
import { DatasetsError } from '../core/errors/index.js';
import type { ColumnBatch } from '../features/index.js';
import type { VersionInfo } from '../registry/index.js';
import { Columns } from './columns/columns.js';
import { ExampleIterator } from './example-iterator.js';
import { countExamples, type ShardPiece, shardPieces, sliceRanges } from './split/shard-pieces.js';
import type { ExampleRange } from './split/split-ranges.js';
import type { SplitSelector } from './split/split-selector.js';
import { versionRanges } from './split/version-ranges.js';

/** What a `Dataset` reads from: a version, open. */
export interface ExampleSource<Example> {
  readonly info: VersionInfo;
  /** Batches of exactly `rows` rows but for the last; with `bytes` they may be smaller. Valid until the next one is asked for. */
  batches(pieces: readonly ShardPiece[], limits: SourceLimits): AsyncGenerator<ColumnBatch, void, undefined>;
  decode(batch: ColumnBatch): readonly Example[];
  /** One example, at `piece.from`. */
  example(piece: ShardPiece): Promise<Example>;
  toArrowTable(batches: AsyncIterable<ColumnBatch>): Promise<Table>;
}

export interface SourceLimits {
  readonly rows: number;
  readonly bytes?: number;
  /** Paths of the features that are wanted; all where it is undefined. */
  readonly fields?: readonly string[] | undefined;
}

export interface ColumnsOptions {
  /** Examples a batch; the last may have fewer. Default 8192. */
  readonly batchSize?: number;
  /** Features to read, by their names or paths (`user`, `user/id`); the others are not parsed. Default: all. */
  readonly fields?: readonly string[];
}

/** Examples that are decoded at a time: enough to make a batch's own cost vanish, and few enough to stay in the cache. */
const decodedRows = 1024;
const decodedBytes = 8 << 20;

/**
 * Examples of a published version, in the order of its records: iterate over them, or read them in batches, columns, or as a table.
 *
 * Nothing is held in memory but what is being read. Every method reads anew, so one data set may be read many times, also at once.
 *
 * @example
 * ```ts
 * const train = (await load('mnist')).split('train[:80%]');
 * for await (const { image, label } of train) learn(image, label);
 * ```
 */
export class Dataset<Example> implements AsyncIterable<Example> {
  /** The version that the examples come from. */
  readonly info: VersionInfo;
  readonly #source: ExampleSource<Example>;
  readonly #ranges: readonly ExampleRange[];

  constructor(source: ExampleSource<Example>, ranges: readonly ExampleRange[]) {
    this.info = source.info;
    this.#source = source;
    this.#ranges = ranges;
  }

  /** How many examples there are. */
  get length(): number {
    return countExamples(this.#ranges);
  }

  /** The version's splits, in its order. */
  get splits(): readonly string[] {
    return this.info.splits.map((split) => split.name);
  }

  /** Which examples of which split these are. */
  get ranges(): readonly ExampleRange[] {
    return this.#ranges;
  }

  /**
   * Another part of the same version: an expression of tfds, a slice, or a part that `evenSplits` made.
   *
   * @throws DatasetsError SPLIT_UNKNOWN, SPLIT_EXPRESSION_INVALID.
   * @example
   * ```ts
   * const rest = dataset.split('train[80%:]+test');
   * ```
   */
  split(selector: SplitSelector): Dataset<Example> {
    return new Dataset(this.#source, versionRanges(this.info, selector));
  }

  /** Examples `from .. to` of these, as `Array.slice`. */
  slice(from = 0, to = this.length): Dataset<Example> {
    const { length } = this;
    const clamp = (index: number) => Math.min(length, Math.max(0, Math.trunc(index < 0 ? length + index : index)));
    return new Dataset(this.#source, sliceRanges(this.#ranges, clamp(from), clamp(to)));
  }

  /** The first `count` examples. */
  take(count: number): Dataset<Example> {
    return this.slice(0, Math.max(0, count));
  }

  /** All but the first `count` examples. */
  skip(count: number): Dataset<Example> {
    return this.slice(Math.max(0, count));
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Example> {
    return new ExampleIterator(this.#decoded(decodedRows));
  }

  /**
   * Arrays of exactly `size` examples, but for the last. There is no promise for each example, which makes this the fast way to objects.
   *
   * @throws DatasetsError USAGE for a size below 1; DATA_CORRUPT with file and byte offset.
   */
  async *batches(size: number): AsyncGenerator<readonly Example[], void, undefined> {
    checkBatchSize(size);
    let held: Example[] = [];
    // A multiple of the size, so that examples are joined only where the batches are cut by their bytes.
    const rows = Math.ceil(decodedRows / size) * size;
    for await (const examples of this.#decoded(rows)) {
      let at = 0;
      if (held.length > 0) {
        at = Math.min(size - held.length, examples.length);
        held.push(...examples.slice(0, at));
        if (held.length < size) continue;
        yield held;
        held = [];
      }
      for (; at + size <= examples.length; at += size) yield examples.slice(at, at + size);
      if (at < examples.length) held = examples.slice(at);
    }
    if (held.length > 0) yield held;
  }

  /**
   * Batches as typed columns: the fastest way to numbers, and what a trainer feeds on.
   *
   * Values are as they are stored: images encoded, class labels as numbers. A batch's arrays are filled anew for the next one; keep a
   * `copy()` of what must stay.
   *
   * @throws DatasetsError USAGE for a size below 1 or an unknown field; DATA_CORRUPT with file and byte offset.
   * @example
   * ```ts
   * for await (const batch of train.columns({ batchSize: 1024, fields: ['delay'] })) sum(batch.numbers('delay'));
   * ```
   */
  async *columns(options: ColumnsOptions = {}): AsyncGenerator<Columns, void, undefined> {
    const rows = options.batchSize ?? 8192;
    checkBatchSize(rows);
    const limits = { rows, fields: options.fields };
    for await (const batch of this.#source.batches(this.#pieces(), limits)) yield new Columns(batch);
  }

  /** All examples as a table of the `apache-arrow` package, in memory. */
  toArrow(): Promise<Table> {
    return this.#source.toArrowTable(this.#source.batches(this.#pieces(), { rows: 8192, bytes: 32 << 20 }));
  }

  /** All examples as an array, in memory. */
  async toArray(): Promise<Example[]> {
    const all: Example[] = [];
    for await (const examples of this.#decoded(decodedRows)) for (const example of examples) all.push(example);
    return all;
  }

  /**
   * The example at an index, as `Array.at`: negative counts from the end. It is found through the key index without reading what
   * stands before; in data that tfds prepared, the records' lengths are read once.
   *
   * @throws DatasetsError USAGE for an index that is no whole number or beyond the examples; DATA_CORRUPT.
   */
  async at(index: number): Promise<Example> {
    const { length } = this;
    const position = index < 0 ? length + index : index;
    const [piece] = Number.isInteger(position)
      ? shardPieces(sliceRanges(this.#ranges, position, position + 1), this.info.splits)
      : [];
    if (piece !== undefined && position >= 0) return this.#source.example(piece);
    throw new DatasetsError('USAGE', `there is no example at ${index}: there are ${length} examples`, {
      hint: `Use a whole number from 0 to ${length - 1}, or from -${length} to -1.`,
      at: { dataset: this.info.name },
    });
  }

  #pieces(): readonly ShardPiece[] {
    return shardPieces(this.#ranges, this.info.splits);
  }

  async *#decoded(rows: number): AsyncGenerator<readonly Example[], void, undefined> {
    const limits = { rows, bytes: decodedBytes };
    for await (const batch of this.#source.batches(this.#pieces(), limits)) yield this.#source.decode(batch);
  }
}

function checkBatchSize(size: number): void {
  if (Number.isSafeInteger(size) && size >= 1) return;
  throw new DatasetsError('USAGE', `a batch of ${size} examples is not possible`, {
    hint: 'The size of a batch is a whole number above 0.',
  });
}
