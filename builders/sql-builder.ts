import {
  DatasetBuilder,
  type Feature,
  type InputOf,
  type Key,
  type Keyed,
  type Pipeline,
  type SqlOptions,
  type SqlQuery,
  sql,
} from '../src/index.js';
import type { RowLayout } from './rows/row-layout.js';
import { type Row, RowMapping } from './rows/row-mapping.js';
import { splitRows } from './rows/split-rows.js';
import { sqlTypes } from './rows/sql-types.js';

/** The query, what it is given, and what the columns of its result mean. */
export interface SqlLayout<F extends Feature<never, unknown>>
  extends RowLayout<F>,
    Omit<SqlOptions, 'types' | 'int64' | 'timestamps' | 'snapshot'> {
  /** A `.sql` file beside the builder, or one for each dialect. */
  readonly query: SqlQuery;
  /** The column that identifies a row in its split: rows of a result have no place that would. */
  readonly key: string;
  /** Whether tables of BigQuery are read as they were at the time that the build stands for, which the query names `@snapshot_time`. Default: false. */
  readonly snapshot?: boolean;
}

/**
 * A data set that one query makes, a row an example: it takes metadata and a `.sql` file, and nothing else.
 *
 * Each field of the schema is the column of its name, or the one that `columns` names; others are left out. Before any row is read, columns of narrow integers, booleans and bytes are checked against the schema,
 * and NULL is refused where the feature isn't `optional`. Decimals become floats and dates texts (`2026-01-31`) where the features are such; anything else is cast in the query.
 *
 * @typeParam F the schema
 * @example
 * ```ts
 * const schema = features({ stars: scalar('int32'), comment: optional(text()) });
 *
 * export class Reviews extends SqlBuilder<typeof schema> {
 *   static override readonly datasetName = 'reviews';
 *   static override readonly versions = { '1.0.0': 'First release.' };
 *   protected override readonly layout = {
 *     query: new URL('./reviews.sql', import.meta.url),
 *     tables: { reviews: 'exports/*.parquet' },
 *     params: { since: new Date('2026-01-01') },
 *     key: 'id',
 *     splits: { column: 'split', names: ['train', 'test'] },
 *   } as const;
 *   override info() {
 *     return { description: 'Reviews of products.', features: schema };
 *   }
 * }
 * ```
 */
export abstract class SqlBuilder<F extends Feature<never, unknown>> extends DatasetBuilder<F> {
  protected abstract readonly layout: SqlLayout<F>;

  override splits(pipeline: Pipeline): Readonly<Record<string, Keyed<Key, InputOf<F>>>> {
    const { query, key, columns: _columns, splits: _splits, snapshot = false, ...options } = this.layout;
    const { datasetName } = this.constructor as typeof DatasetBuilder;
    const mapping = new RowMapping<F>(datasetName, this.info().features, this.layout, 'typed');
    const rows = pipeline
      .read(
        sql<Row>(query, {
          ...options,
          types: sqlTypes(mapping.fields),
          ...(snapshot ? { snapshot: pipeline.snapshotTime } : {}),
        }),
      )
      // A value that can't be a key is refused by the pipeline.
      .keyBy((row) => row[key] as Key);
    return splitRows(rows, this.layout, mapping);
  }
}
