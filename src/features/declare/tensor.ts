import type { Feature, FeatureDocumentation } from '../feature.js';
import { define } from './define.js';
import type { Dimension, TensorEncoding } from './definition.js';
import { checkShape, documentationOf } from './documentation.js';
import type { ElementType, TensorInput, TensorValue } from './element-types.js';
import { invalidFeature } from './invalid-feature.js';
import { checkElementType, isNumeric } from './scalar.js';

export interface TensorOptions<D extends ElementType> extends FeatureDocumentation {
  readonly dtype: D;
  /** Sizes of the dimensions, null where one varies from example to example. */
  readonly shape: readonly Dimension[];
  /**
   * How values lie in the file: as they are (`none`, the default), as raw little-endian bytes, or as those compressed by zlib. Encoded
   * tensors are smaller for narrow integers, and the only ones that may have more than one unknown dimension; readers get bytes in Arrow.
   */
  readonly encoding?: TensorEncoding;
}

export interface TensorFeature<D extends ElementType> extends Feature<TensorInput<D>, TensorValue<D>> {
  readonly kind: 'tensor';
  readonly dtype: D;
  readonly shape: readonly Dimension[];
  readonly encoding: TensorEncoding;
}

/**
 * An array of numbers, booleans or texts with a shape; tfds' `Tensor`.
 *
 * An author writes a typed array of the same type, an array of numbers, arrays in arrays, or `{ data, shape }` (needed where more than one
 * dimension is unknown). A reader gets `{ data, shape }` with flat values in row-major order. Half floats are written and read as numbers or
 * Float32Array and rounded to nearest, ties to even; booleans in a Uint8Array are 0 or 1.
 *
 * @throws {DatasetsError} FEATURE_INVALID for an unknown dtype, a bad shape, or a shape that needs an encoding
 * @example
 * ```ts
 * const schema = features({
 *   affinity: tensor({ dtype: 'float32', shape: [80], range: [0, 1], description: 'user to item' }),
 *   spectrogram: tensor({ dtype: 'uint16', shape: [null, null], encoding: 'zlib' }),
 * });
 * ```
 */
export function tensor<const D extends ElementType>(options: TensorOptions<D>): TensorFeature<D> {
  const { dtype, encoding = 'none' } = options;
  checkElementType(dtype, 'tensor');
  const shape = checkShape(options.shape, 'tensor');
  checkTensorEncoding(encoding, dtype, shape, 'tensor');
  return define<TensorFeature<D>>({
    kind: 'tensor',
    dtype,
    shape,
    encoding,
    documentation: documentationOf(options, 'tensor', isNumeric(dtype)),
  });
}

/** tfds' own rules for encodings (tensor_feature.py, `Tensor.__init__` and `encode_example`). */
export function checkTensorEncoding(
  encoding: TensorEncoding,
  dtype: ElementType,
  shape: readonly Dimension[],
  kind: string,
): void {
  if (encoding !== 'none' && encoding !== 'bytes' && encoding !== 'zlib') {
    throw invalidFeature(
      `${kind}: unknown encoding ${JSON.stringify(encoding)}`,
      'The encodings are: none, bytes, zlib.',
    );
  }
  if (encoding !== 'none' && (dtype === 'string' || dtype === 'bytes')) {
    throw invalidFeature(`${kind}: values of type ${dtype} can't be encoded as ${encoding}`, 'Leave the encoding out.');
  }
  if (encoding === 'none' && shape.filter((dimension) => dimension === null).length > 1) {
    throw invalidFeature(
      `${kind}: more than one unknown dimension in [${shape.map(String).join(', ')}] needs an encoding`,
      "Add encoding: 'zlib' (or 'bytes').",
    );
  }
}
