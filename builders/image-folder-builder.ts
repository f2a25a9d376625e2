import {
  type ClassLabelFeature,
  classLabel,
  DatasetBuilder,
  type DatasetInfo,
  DatasetsError,
  features,
  files,
  type ImageFeature,
  type InputOf,
  image,
  type Keyed,
  type NpmFile,
  type Pipeline,
  type RecordFeature,
  type TextFeature,
  text,
} from '../src/index.js';
import { imageFiles } from './image-files.js';
import { inFolder } from './rows/in-folder.js';

/** Where the images lie and what the folders mean. */
export interface ImageFolderLayout<L extends string> {
  /** Relative to the builder's module (or absolute), on `gs://`, or inside an npm package. */
  readonly folder: string | NpmFile;
  /** Folders below `folder`, each a split; or fractions, where the classes' folders lie in `folder` itself: a stable hash of the key says which split an image is of. */
  readonly splits: readonly string[] | { readonly fractions: Readonly<Record<string, number>> };
  /** Folders below each split's, each a class; in the order of their numbers. */
  readonly labels: readonly L[];
  /** Height, width, channels; null where it varies. Default: [null, null, 3]. */
  readonly shape?: readonly (number | null)[];
}

/** The image as it lies in its file, its class, and the file's name (which tfds' ImageFolder calls `image/filename`). */
export type ImageFolderFeatures<L extends string> = RecordFeature<{
  image: ImageFeature<'uint8'>;
  label: ClassLabelFeature<L | number>;
  filename: TextFeature;
}>;

/**
 * A folder of images for classification: `<folder>/<split>/<label>/<name>.png` (or .jpg, .jpeg), as tfds' `ImageFolder` and Hugging Face's `imagefolder`. Keys are `<label>/<name>`. Where a file says what is known of
 * the images, extend `ImageMetadataBuilder`.
 *
 * Labels are declared, not found: a folder that nobody declared is an error, and an example's type knows its labels.
 *
 * @example
 * ```ts
 * export class Pets extends ImageFolderBuilder<'cat' | 'dog'> {
 *   static override readonly datasetName = 'pets';
 *   static override readonly versions = { '1.0.0': 'First release.' };
 *   protected override readonly layout = { folder: 'images', splits: ['train', 'test'], labels: ['cat', 'dog'] } as const;
 *   protected override describe() {
 *     return { description: 'Cats and dogs.' };
 *   }
 * }
 * ```
 */
export abstract class ImageFolderBuilder<L extends string> extends DatasetBuilder<ImageFolderFeatures<L>> {
  protected abstract readonly layout: ImageFolderLayout<L>;
  /** Everything of `info()` but the features. */
  protected abstract describe(): Omit<DatasetInfo<ImageFolderFeatures<L>>, 'features' | 'supervisedKeys'>;

  override info(): DatasetInfo<ImageFolderFeatures<L>> {
    const { labels, shape } = this.layout;
    const schema = features({
      image: image(shape === undefined ? {} : { shape }),
      label: classLabel({ names: labels }),
      filename: text({ description: 'name of the image file' }),
    });
    return { ...this.describe(), features: schema, supervisedKeys: ['image', 'label'] };
  }

  override splits(pipeline: Pipeline): Readonly<Record<string, Keyed<string, InputOf<ImageFolderFeatures<L>>>>> {
    const { folder, splits } = this.layout;
    if ('fractions' in splits) {
      return this.#read(pipeline, folder).splitBy((_, key) => key, splits.fractions);
    }
    return Object.fromEntries(splits.map((split) => [split, this.#read(pipeline, inFolder(folder, split))]));
  }

  #read(pipeline: Pipeline, folder: string | NpmFile): Keyed<string, InputOf<ImageFolderFeatures<L>>> {
    return pipeline
      .read(files(inFolder(folder, `*/${imageFiles}`)))
      .keyBy((file) => file.path.split('/').slice(-2).join('/'))
      .mapValues((file, key) => {
        const [label = '', name = ''] = key.split('/');
        return { image: file.bytes, label: this.#labelOf(label, file.path), filename: name };
      });
  }

  #labelOf(folder: string, path: string): L {
    const label = this.layout.labels.find((candidate) => candidate === folder);
    if (label !== undefined) return label;
    throw new DatasetsError('SOURCE_MALFORMED', `${path} lies in the folder ${folder}, which is no label`, {
      hint: `The labels are: ${this.layout.labels.join(', ')}.`,
      at: { file: path },
    });
  }
}
