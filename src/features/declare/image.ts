import type { Feature, FeatureDocumentation } from '../feature.js';
import { resolveLabels } from './class-label.js';
import { define } from './define.js';
import type { Dimension, ImageDefinition, ImageDType, ImageEncoding } from './definition.js';
import { checkShape, documentationOf } from './documentation.js';
import { invalidFeature } from './invalid-feature.js';

/** Values of an image's pixels, row by row, the channels of a pixel side by side. */
export interface ImageArrays {
  uint8: Uint8Array;
  uint16: Uint16Array;
  float32: Float32Array;
}

/** Pixels with their dimensions: height, width, channels. */
export interface Pixels<D extends ImageDType = ImageDType> {
  readonly data: ImageArrays[D];
  readonly shape: readonly number[];
}

/**
 * What an author may write for an image: pixels with their shape; pixels alone where the shape is known; the bytes of an encoded image; or
 * the path of an image file. A Uint8Array is pixels when the shape is known, it has just that many values, and it is no PNG or JPEG.
 */
export type ImageInput<D extends ImageDType> =
  | Pixels<D>
  | ImageArrays[D]
  | Uint8Array
  | { readonly path: string | URL };

/** An image as a reader gets it: the file's bytes at once, pixels when asked for. */
export interface ImageValue<D extends ImageDType = ImageDType> {
  /** The bytes of the image file. */
  readonly encoded: Uint8Array;
  readonly encoding: ImageEncoding | 'gif' | 'bmp' | 'unknown';
  /** Height, width, channels of `data`. */
  readonly shape: readonly number[];
  /**
   * Pixels, decoded when first asked for. PNG is decoded here; a JPEG only after the decoder's `prepare`.
   *
   * @throws {DatasetsError} UNSUPPORTED for a JPEG that was not prepared, an interlaced PNG, and formats other than PNG and JPEG
   */
  readonly data: ImageArrays[D];
  /** Pixels of any image that can be decoded, JPEG included. */
  pixels(): Promise<Pixels<D>>;
}

export interface ImageOptions<D extends ImageDType> extends FeatureDocumentation {
  /** Height, width, channels; height and width may be null. Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. Default: [null, null, 3]. */
  readonly shape?: readonly Dimension[];
  /**
   * How pixels are stored: `png` (lossless) or `jpeg` (8 bit, needs the package sharp). Where it is left out, pixels become PNG and encoded
   * images of any format are kept as they come; where it is given, encoded images must be of that format.
   */
  readonly encoding?: ImageEncoding;
  /** `uint8` (the default); `uint16` as 16-bit PNG; `float32` for one channel, whose bits are stored as an RGBA PNG, as tfds does. */
  readonly dtype?: D;
}

export interface ImageFeature<D extends ImageDType> extends Feature<ImageInput<D>, ImageValue<D>> {
  readonly kind: 'image';
  readonly shape: readonly Dimension[];
  readonly dtype: D;
  readonly encoding: ImageEncoding | undefined;
}

/**
 * An image; tfds' `Image`. Stored as an encoded file, so that every reader can decode it.
 *
 * @throws {DatasetsError} FEATURE_INVALID for a shape, dtype and encoding that don't go together
 * @example
 * ```ts
 * const schema = features({
 *   digit: image({ shape: [28, 28, 1], encoding: 'png' }),
 *   photo: image({ shape: [null, null, 3], description: 'as uploaded' }),
 * });
 * const example: InputOf<typeof schema> = {
 *   digit: new Uint8Array(28 * 28),
 *   photo: { path: '/data/photo-1.jpg' },
 * };
 * ```
 */
export function image<const D extends ImageDType = 'uint8'>(options: ImageOptions<D> = {}): ImageFeature<D> {
  return define<ImageFeature<D>>({
    kind: 'image',
    ...checkImage(options, [null, null, 3], 'image'),
    labels: undefined,
    documentation: documentationOf(options, 'image'),
  });
}

export interface LabelledImageOptions<D extends 'uint8' | 'uint16'> extends ImageOptions<D> {
  /** What pixel values stand for: names, how many there are, or a file of names. */
  readonly labels: readonly string[] | number | URL;
}

export interface LabelledImageFeature<D extends ImageDType> extends ImageFeature<D> {
  readonly labels: { readonly count: number; readonly names: readonly string[] | undefined };
}

/**
 * An image whose pixels are class labels, for segmentation; tfds' `LabeledImage`. It has one channel.
 *
 * @example
 * ```ts
 * const schema = features({
 *   mask: labelledImage({ labels: ['background', 'car', 'truck'], shape: [null, null, 1], encoding: 'png' }),
 * });
 * ```
 */
export function labelledImage<const D extends 'uint8' | 'uint16' = 'uint8'>(
  options: LabelledImageOptions<D>,
): LabelledImageFeature<D> {
  const { labels } = options;
  const shape = checkImage(options, [null, null, 1], 'labelledImage');
  if (shape.shape[2] !== 1) {
    throw invalidFeature(
      `labelledImage: the shape must end in one channel, got [${shape.shape.map(String).join(', ')}]`,
      'Pixels hold labels, not colours: shape: [null, null, 1].',
    );
  }
  if (shape.encoding === 'jpeg') {
    throw invalidFeature("labelledImage: 'jpeg' would change labels", "JPEG is lossy. Use encoding: 'png'.");
  }
  const resolved = resolveLabels(
    typeof labels === 'number' ? { count: labels } : labels instanceof URL ? { namesFile: labels } : { names: labels },
    'labelledImage',
  );
  return define<LabelledImageFeature<D>>({
    kind: 'image',
    ...shape,
    labels: Object.freeze(resolved),
    documentation: documentationOf(options, 'labelledImage'),
  });
}

/** tfds' rules for images (image_feature.py: `_ACCEPTABLE_CHANNELS`, `_ACCEPTABLE_DTYPES`, `_FloatImageEncoder`). */
function checkImage(
  options: ImageOptions<ImageDType>,
  defaultShape: readonly Dimension[],
  kind: string,
): Pick<ImageDefinition, 'shape' | 'dtype' | 'encoding'> {
  const { encoding, dtype = 'uint8' } = options;
  const shape = checkShape(options.shape ?? defaultShape, kind);
  const channels = shape[2];
  if (shape.length !== 3 || typeof channels !== 'number' || channels < 1 || channels > 4) {
    throw invalidFeature(
      `${kind}: shape must be [height, width, channels] with 1 to 4 channels, got [${shape.map(String).join(', ')}]`,
      'Write null for a height or width that varies: [null, null, 3].',
    );
  }
  if (encoding !== undefined && encoding !== 'png' && encoding !== 'jpeg') {
    throw invalidFeature(`${kind}: unknown encoding ${JSON.stringify(encoding)}`, 'The encodings are: png, jpeg.');
  }
  if (dtype !== 'uint8' && dtype !== 'uint16' && dtype !== 'float32') {
    throw invalidFeature(`${kind}: unknown dtype ${JSON.stringify(dtype)}`, 'The dtypes are: uint8, uint16, float32.');
  }
  if (encoding === 'jpeg' && (dtype !== 'uint8' || channels === 2 || channels === 4)) {
    throw invalidFeature(
      `${kind}: JPEG holds uint8 in 1 or 3 channels, not ${dtype} in ${channels}`,
      "Use encoding: 'png', or change the dtype or the shape.",
    );
  }
  if (dtype === 'float32' && channels !== 1) {
    throw invalidFeature(
      `${kind}: float32 images have one channel, got ${channels}`,
      'Declare a tensor, or an image for each channel.',
    );
  }
  return { shape, dtype, encoding };
}
