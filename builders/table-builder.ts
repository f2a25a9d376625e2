import {
  DatasetBuilder,
  type Feature,
  type InputOf,
  type Key,
  type Keyed,
  type Pipeline,
  type Source,
} from '../src/index.js';

/**
 * A data set made of tables: files of rows (CSV, JSON Lines, Parquet, ...), one source a split, one example a row.
 *
 * @typeParam F the schema
 * @typeParam Row what the sources yield
 * @example
 * ```ts
 * export class Reviews extends TableBuilder<typeof schema, { id: string; stars: number; text: string }> {
 *   static override readonly datasetName = 'reviews';
 *   static override readonly versions = { '1.0.0': 'First release.' };
 *   override info() {
 *     return { description: 'Reviews of products.', features: schema };
 *   }
 *   protected override tables() {
 *     return { train: jsonl<Review>('train-*.jsonl.gz'), test: jsonl<Review>('test.jsonl.gz') };
 *   }
 *   protected override key(review: Review) {
 *     return review.id;
 *   }
 *   protected override example({ stars, text }: Review) {
 *     return { stars, text };
 *   }
 * }
 * ```
 */
export abstract class TableBuilder<F extends Feature<never, unknown>, Row> extends DatasetBuilder<F> {
  /** The source of each split. */
  protected abstract tables(): Readonly<Record<string, Source<Row>>>;
  /** What identifies a row in its split. */
  protected abstract key(row: Row): Key;
  protected abstract example(row: Row): InputOf<F>;

  override splits(pipeline: Pipeline): Readonly<Record<string, Keyed<Key, InputOf<F>>>> {
    const splits: Record<string, Keyed<Key, InputOf<F>>> = {};
    // The compiler cannot know that an example, whose type it does not know, is no promise.
    for (const [name, source] of Object.entries(this.tables())) {
      splits[name] = pipeline
        .read(source)
        .keyBy((row) => this.key(row))
        .mapValues((row) => this.example(row)) as Keyed<Key, InputOf<F>>;
    }
    return splits;
  }
}
