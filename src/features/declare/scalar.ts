import type { Feature, FeatureDocumentation } from '../feature.js';
import { define } from './define.js';
import { documentationOf } from './documentation.js';
import {
  type ElementInputs,
  type ElementOutputs,
  type ElementType,
  elementTypeNames,
  isElementType,
} from './element-types.js';
import { invalidFeature } from './invalid-feature.js';

export interface ScalarFeature<D extends ElementType> extends Feature<ElementInputs[D], ElementOutputs[D]> {
  readonly kind: 'scalar';
  readonly dtype: D;
}

/**
 * One number, boolean, text or run of bytes; tfds' `Scalar`.
 *
 * Integers are checked against their type's limits. An int64 or uint64 may be written as a bigint or as a safe integer, and is always read
 * as a bigint. A float64 is rounded to float32 in tf.Example, which has no doubles (so does tfds); Arrow keeps all 64 bits.
 *
 * @param options documentation; `range` bounds the numbers and refuses NaN
 * @throws {DatasetsError} FEATURE_INVALID for an unknown dtype or a bad range
 * @example
 * ```ts
 * const schema = features({
 *   clicks: scalar('int64', { description: 'clicks so far', range: [0, Infinity] }),
 *   payload: scalar('bytes', { caveats: 'as the camera sent it' }),
 * });
 * ```
 */
export function scalar<const D extends ElementType>(dtype: D, options?: FeatureDocumentation): ScalarFeature<D> {
  checkElementType(dtype, 'scalar');
  return define<ScalarFeature<D>>({
    kind: 'scalar',
    dtype,
    documentation: documentationOf(options, 'scalar', isNumeric(dtype)),
  });
}

export function checkElementType(dtype: unknown, kind: string): asserts dtype is ElementType {
  if (isElementType(dtype)) return;
  throw invalidFeature(
    `${kind}: unknown dtype ${JSON.stringify(dtype)}`,
    `The dtypes are: ${elementTypeNames.join(', ')}.`,
  );
}

export function isNumeric(dtype: ElementType): boolean {
  return dtype !== 'bool' && dtype !== 'string' && dtype !== 'bytes';
}
