import type { Feature, FeatureDocumentation } from '../feature.js';
import { define } from './define.js';
import type { Dimension, ImageEncoding } from './definition.js';
import { checkShape, documentationOf } from './documentation.js';
import type { ImageInput, ImageValue, Pixels } from './image.js';
import { invalidFeature } from './invalid-feature.js';

type VideoDType = 'uint8' | 'uint16';

export interface VideoOptions<D extends VideoDType> extends FeatureDocumentation {
  /** Frames, height, width, channels; all but the channels may be null. Default: [null, null, null, 3]. */
  readonly shape?: readonly Dimension[];
  /** How each frame is stored. Default: `png`. */
  readonly encoding?: ImageEncoding;
  readonly dtype?: D;
}

export interface VideoFeature<D extends VideoDType>
  extends Feature<readonly ImageInput<D>[] | Pixels<D>, readonly ImageValue<D>[]> {
  readonly kind: 'video';
  readonly shape: readonly Dimension[];
}

/**
 * Moving pictures, each frame stored as an encoded image; tfds' `Video`.
 *
 * An author writes frames as `image` takes them, or all pixels with a shape of four dimensions. HF datasets reads a list of images: its own
 * `Video` holds one file, which has no counterpart in tfds.
 *
 * @throws {DatasetsError} FEATURE_INVALID for a shape that video can't have
 * @example
 * ```ts
 * const schema = features({ clip: video({ shape: [null, 64, 64, 3] }) });
 * const example: InputOf<typeof schema> = {
 *   clip: { data: new Uint8Array(16 * 64 * 64 * 3), shape: [16, 64, 64, 3] },
 * };
 * ```
 */
export function video<const D extends VideoDType = 'uint8'>(options: VideoOptions<D> = {}): VideoFeature<D> {
  const { encoding = 'png', dtype = 'uint8' } = options;
  const shape = checkShape(options.shape ?? [null, null, null, 3], 'video');
  const channels = shape[3];
  if (shape.length !== 4 || typeof channels !== 'number' || channels < 1 || channels > 4) {
    throw invalidFeature(
      `video: shape must be [frames, height, width, channels] with 1 to 4 channels, got [${shape.map(String).join(', ')}]`,
      'Write null for what varies: [null, 64, 64, 3].',
    );
  }
  if (encoding !== 'png' && encoding !== 'jpeg') {
    throw invalidFeature(`video: unknown encoding ${JSON.stringify(encoding)}`, 'The encodings are: png, jpeg.');
  }
  if (encoding === 'jpeg' && (dtype !== 'uint8' || channels === 2 || channels === 4)) {
    throw invalidFeature(
      `video: JPEG holds uint8 in 1 or 3 channels, not ${dtype} in ${channels}`,
      "Use encoding: 'png', or change the dtype or the shape.",
    );
  }
  return define<VideoFeature<D>>({
    kind: 'video',
    shape,
    dtype,
    encoding,
    documentation: documentationOf(options, 'video'),
  });
}
