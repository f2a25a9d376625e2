import { posix } from 'node:path';
import {
  DatasetBuilder,
  DatasetsError,
  type Feature,
  type FileReference,
  files,
  type InputOf,
  type Key,
  type Keyed,
  type NpmFile,
  type Pipeline,
  withPlaces,
} from '../src/index.js';
import { imageFiles } from './image-files.js';
import { fileRows } from './rows/file-rows.js';
import { inFolder } from './rows/in-folder.js';
import { pathBelow } from './rows/position-key.js';
import { columnFormatOf, type RowFormat } from './rows/row-format.js';
import type { RowLayout, RowSplits } from './rows/row-layout.js';
import { type Row, RowMapping } from './rows/row-mapping.js';
import { splitRows, toExamples } from './rows/split-rows.js';

/** Where images and what is known of them lie. */
export interface ImageMetadataLayout<F extends Feature<never, unknown>> extends Pick<RowLayout<F>, 'columns'> {
  /** Relative to the builder's module (or absolute), on `gs://`, or inside an npm package. */
  readonly folder: string | NpmFile;
  /** Folders below `folder`, each a split; or how all images are dealt to splits. Default: all are `train`. */
  readonly splits?: readonly string[] | RowSplits;
  /** The field that takes the image. Default: `image`. */
  readonly image?: keyof InputOf<F> & string;
  /** Format of the files `metadata.csv`, `metadata.jsonl` or `metadata.parquet`. Default: `csv`. */
  readonly metadata?: 'csv' | 'jsonl' | 'parquet';
}

/** The column that Hugging Face's imagefolder looks for. */
const fileNameColumn = 'file_name';

/**
 * Images with a file of metadata beside them, as Hugging Face's `imagefolder`: `metadata.csv` (or `.jsonl`, `.parquet`) in the folder of a split or below it has a column `file_name`, relative to itself, and a column for each
 * other field of the schema. Keys are the paths of the images in their split's folder.
 *
 * An image without metadata, and metadata without its image, fail the build.
 *
 * @typeParam F the schema: an image and what is known of it
 * @example
 * ```ts
 * const schema = features({ image: image(), caption: text(), width: optional(scalar('int32', { unit: 'cm' })) });
 *
 * export class Paintings extends ImageMetadataBuilder<typeof schema> {
 *   static override readonly datasetName = 'paintings';
 *   static override readonly versions = { '1.0.0': 'First release.' };
 *   protected override readonly layout = { folder: 'gs://our-data/paintings', splits: ['train', 'test'] };
 *   override info() {
 *     return { description: 'Paintings with their captions.', features: schema };
 *   }
 * }
 * ```
 */
export abstract class ImageMetadataBuilder<F extends Feature<never, unknown>> extends DatasetBuilder<F> {
  protected abstract readonly layout: ImageMetadataLayout<F>;

  override splits(pipeline: Pipeline): Readonly<Record<string, Keyed<Key, InputOf<F>>>> {
    const { folder, splits, columns } = this.layout;
    const { datasetName } = this.constructor as typeof DatasetBuilder;
    const dealt = isFolders(splits) ? undefined : splits;
    const layout: RowLayout<F> = {
      key: fileNameColumn,
      ...(columns === undefined ? {} : { columns }),
      ...(dealt === undefined ? {} : { splits: dealt }),
    };
    const format = columnFormatOf(this.#metadata);
    const mapping = new RowMapping<F>(datasetName, this.info().features, layout, format);
    const image = mapping.fields.find(({ field }) => field === this.#image);
    if (image === undefined) {
      throw new DatasetsError(
        'BUILDER_INVALID',
        `${datasetName}: the schema has no field ${this.#image} for the image`,
        {
          hint: "Call it so, or name the field: layout = { image: '…' }.",
          at: { dataset: datasetName, field: this.#image },
        },
      );
    }
    if (!isFolders(splits)) {
      const rows = this.#rows(pipeline, folder, mapping, image.column);
      return splitRows(rows, splits === undefined ? {} : { splits }, mapping);
    }
    return Object.fromEntries(
      splits.map((split) => {
        const rows = this.#rows(pipeline, inFolder(folder, split), mapping, image.column);
        return [split, toExamples(rows, mapping)];
      }),
    );
  }

  get #image(): string {
    return this.layout.image ?? 'image';
  }

  get #metadata(): RowFormat {
    return this.layout.metadata ?? 'csv';
  }

  /** Rows of metadata with the bytes of the image in its column. */
  #rows(pipeline: Pipeline, folder: string | NpmFile, mapping: RowMapping<F>, imageColumn: string): Keyed<Key, Row> {
    const images: FileReference = inFolder(folder, `**/${imageFiles}`);
    const metadata = inFolder(folder, `**/metadata.${this.#metadata}`);
    const wanted = {
      columns: mapping.columns.filter((column) => column !== imageColumn),
      fields: mapping.fields.filter(({ column }) => column !== imageColumn),
    };
    const below = pathBelow(images);
    const rows = pipeline
      .read(withPlaces(fileRows(metadata, this.#metadata, wanted, { wholeFiles: true })))
      .keyBy(({ path, value }) => posix.join(posix.dirname(below(path)), `${value[fileNameColumn]}`))
      .mapValues(({ value }) => value);
    return pipeline
      .read(files(images))
      .keyBy((file) => below(file.path))
      .join(rows, { maxUnmatched: 0, rightUnmatched: 'count', name: 'images with metadata' })
      .mapValues(([file, row]) => ({ ...row, [imageColumn]: file.bytes }));
  }
}

function isFolders(splits: readonly string[] | RowSplits | undefined): splits is readonly string[] {
  return Array.isArray(splits);
}
