import {
  type BadRowOptions,
  column,
  DatasetBuilder,
  DatasetsError,
  type Feature,
  type FileReference,
  type InputOf,
  type Key,
  type Keyed,
  type Pipeline,
  withPlaces,
} from '../src/index.js';
import { type CsvDialect, fileRows } from './rows/file-rows.js';
import { positionKey } from './rows/position-key.js';
import { columnFormatOf, formatOf, type RowFormat } from './rows/row-format.js';
import type { RowLayout } from './rows/row-layout.js';
import { type Row, RowMapping } from './rows/row-mapping.js';
import { splitRows, toExamples } from './rows/split-rows.js';

/** Where the rows lie and what their columns mean. */
export interface FilesLayout<F extends Feature<never, unknown>> extends RowLayout<F>, BadRowOptions {
  /** The files of all rows, or those of each split; `filesBySplit` finds them in a folder. Relative to the builder's module, absolute, on `gs://`, or inside an npm package. */
  readonly files: FileReference | Readonly<Record<string, FileReference>>;
  /** Default: what the names of the files end with. */
  readonly format?: RowFormat;
  /** How CSV files are written, where they aren't RFC 4180 with a header. */
  readonly csv?: CsvDialect;
}

/**
 * A data set that lies in CSV, TSV, JSON Lines, JSON, Parquet or Arrow files, here or on `gs://`, a row an example: it takes metadata and nothing else.
 *
 * Each field of the schema is the column of its name, or the one that `columns` names; other columns are left out. Fields of CSV are converted to what their features take (an empty field of an
 * `optional` one is null), decimals and dates of Parquet and Arrow to floats and texts (`2026-01-31`) where the features are such. Where more has to be done with a row, extend `TableBuilder`.
 *
 * Without `key`, a row is identified by its file and its index there (`reviews-0.csv/17`): for files that never change. Large text files are read in parallel where rows have a key; without one, each is
 * read by one worker, which counts its rows.
 *
 * @typeParam F the schema
 * @example
 * ```ts
 * const schema = features({ stars: scalar('int32'), comment: optional(text()) });
 *
 * export class Reviews extends FilesBuilder<typeof schema> {
 *   static override readonly datasetName = 'reviews';
 *   static override readonly versions = { '1.0.0': 'First release.' };
 *   protected override readonly layout = {
 *     files: 'reviews-*.csv.gz',
 *     key: 'id',
 *     splits: { fractions: { train: 0.9, test: 0.1 }, by: 'user' },
 *   } as const;
 *   override info() {
 *     return { description: 'Reviews of products.', features: schema };
 *   }
 * }
 * ```
 */
export abstract class FilesBuilder<F extends Feature<never, unknown>> extends DatasetBuilder<F> {
  protected abstract readonly layout: FilesLayout<F>;

  override splits(pipeline: Pipeline): Readonly<Record<string, Keyed<Key, InputOf<F>>>> {
    const { files, splits } = this.layout;
    if (isReference(files)) {
      const mapping = this.#mapping(files);
      return splitRows(this.#rows(pipeline, files, mapping), this.layout, mapping);
    }
    if (splits !== undefined) {
      throw new DatasetsError(
        'BUILDER_INVALID',
        `${this.#name}: its files are named by split, and splits deals rows to splits besides`,
        {
          hint: 'Leave out `splits`, or name the files of all rows.',
          at: { dataset: this.#name },
        },
      );
    }
    return Object.fromEntries(
      Object.entries(files).map(([split, reference]) => {
        const mapping = this.#mapping(reference);
        return [split, toExamples(this.#rows(pipeline, reference, mapping), mapping)];
      }),
    );
  }

  get #name(): string {
    return (this.constructor as typeof DatasetBuilder).datasetName;
  }

  #format(reference: FileReference): RowFormat {
    return this.layout.format ?? formatOf(reference, this.#name);
  }

  #mapping(reference: FileReference): RowMapping<F> {
    return new RowMapping(this.#name, this.info().features, this.layout, columnFormatOf(this.#format(reference)));
  }

  #rows(pipeline: Pipeline, reference: FileReference, mapping: RowMapping<F>): Keyed<Key, Row> {
    const { key, csv: dialect, maxBadRows } = this.layout;
    const options = { dialect, wholeFiles: key === undefined, ...(maxBadRows === undefined ? {} : { maxBadRows }) };
    const source = fileRows(reference, this.#format(reference), mapping, options);
    // A value that can't be a key is refused by the pipeline.
    if (key !== undefined) return pipeline.read(source).keyBy(column(key) as (row: Row) => Key);
    const keyOf = positionKey(reference);
    return pipeline
      .read(withPlaces(source))
      .keyBy(({ path, row }) => keyOf(path, row))
      .mapValues(({ value }) => value);
  }
}

/** Tells files from files by split. */
function isReference(files: FilesLayout<never>['files']): files is FileReference {
  return typeof files === 'string' || files instanceof URL || Array.isArray(files) || 'kind' in files;
}
