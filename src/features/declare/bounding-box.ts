import type { Feature, FeatureDocumentation } from '../feature.js';
import { define } from './define.js';
import type { BoundingBoxFormat } from './definition.js';
import { documentationOf } from './documentation.js';
import type { TensorValue } from './element-types.js';
import { invalidFeature } from './invalid-feature.js';

/** Sides of a box by name, whatever the format: they are put in its order. */
export interface BoundingBoxSides {
  readonly ymin: number;
  readonly xmin: number;
  readonly ymax: number;
  readonly xmax: number;
}

export interface BoundingBoxOptions extends FeatureDocumentation {
  /** What the four numbers mean; null where that is unknown. Default: `REL_YXYX`. */
  readonly format?: BoundingBoxFormat | null;
}

export interface BoundingBoxFeature
  extends Feature<
    BoundingBoxSides | readonly number[] | Float32Array | Float64Array | TensorValue<'float32'>,
    TensorValue<'float32'>
  > {
  readonly kind: 'bounding-box';
  readonly format: BoundingBoxFormat | null;
}

const formats: readonly (BoundingBoxFormat | null)[] = ['XYXY', 'YXYX', 'XYWH', 'REL_XYXY', 'REL_YXYX', null];

/**
 * A box in an image as four float32; tfds' `BBoxFeature`.
 *
 * Numbers are stored in the order that they are given in; sides by name are put in the order of the format. Relative formats (`REL_`) must lie
 * between 0 and 1, and in formats of two corners the minimum must not exceed the maximum.
 *
 * @throws {DatasetsError} FEATURE_INVALID for an unknown format
 * @example
 * ```ts
 * const schema = features({ objects: sequence(record({ box: boundingBox(), name: text() })) });
 * const example: InputOf<typeof schema> = {
 *   objects: [{ box: { ymin: 0.1, xmin: 0, ymax: 0.5, xmax: 1 }, name: 'cat' }],
 * };
 * ```
 */
export function boundingBox(options: BoundingBoxOptions = {}): BoundingBoxFeature {
  const { format = 'REL_YXYX' } = options;
  if (!formats.includes(format)) {
    throw invalidFeature(
      `boundingBox: unknown format ${JSON.stringify(format)}`,
      `The formats are: ${formats.map(String).join(', ')}.`,
    );
  }
  return define<BoundingBoxFeature>({
    kind: 'bounding-box',
    format,
    documentation: documentationOf(options, 'boundingBox'),
  });
}
