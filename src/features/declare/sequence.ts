import type { DType } from '../dtype.js';
import type { Feature, FeatureDocumentation } from '../feature.js';
import { define, definitionOf } from './define.js';
import type { AnyFeature, Dimension } from './definition.js';
import { checkShape, documentationOf } from './documentation.js';
import type { ElementArrays, ElementInputs, ElementOutputs } from './element-types.js';
import type { ScalarFeature } from './scalar.js';

export interface SequenceOptions extends FeatureDocumentation {
  /** How many elements there always are. Left out where that varies. */
  readonly length?: number;
}

export interface SequenceFeature<I, O> extends Feature<I, O> {
  readonly kind: 'sequence';
  readonly feature: AnyFeature;
  readonly length: Dimension;
}

/**
 * A list of values of one feature, of any length or a fixed one; tfds' `Sequence`. Numbers may be written as a typed array of their type.
 *
 * Stock tfds stacks what lies in a sequence: images and encoded tensors in it must then all be of one shape. It also can't read a fixed
 * length inside a sequence, so features.json leaves such lengths out; they are checked here all the same.
 *
 * @param lengthOrOptions the fixed length, or `{ length, description, ... }`
 * @throws {DatasetsError} FEATURE_INVALID when the feature can't be stored in a sequence
 * @example
 * ```ts
 * const schema = features({
 *   tags: sequence(text()),
 *   steps: sequence(record({ reward: scalar('float32'), done: scalar('bool') })),
 *   corners: sequence(scalar('float32'), 4),
 * });
 * ```
 */
export function sequence<D extends Exclude<DType, 'string'>>(
  feature: ScalarFeature<D>,
  lengthOrOptions?: number | SequenceOptions,
): SequenceFeature<readonly ElementInputs[D][] | ElementArrays[D], readonly ElementOutputs[D][]>;
export function sequence<I, O>(
  feature: Feature<I, O>,
  lengthOrOptions?: number | SequenceOptions,
): SequenceFeature<readonly I[], readonly O[]>;
export function sequence(feature: AnyFeature, lengthOrOptions?: number | SequenceOptions): AnyFeature {
  return listOf('sequence', feature, lengthOrOptions);
}

export interface DatasetFeature<I, O> extends Feature<Iterable<I>, readonly O[]> {
  readonly kind: 'dataset';
  readonly feature: AnyFeature;
  readonly length: Dimension;
}

/**
 * A data set inside an example (the steps of an episode); tfds' `Dataset`. It lies in the file as a sequence does, but stock tfds gives it as
 * a nested `tf.data.Dataset`, and an author may write any iterable, a generator included.
 *
 * @throws {DatasetsError} FEATURE_INVALID when the feature can't be stored in a sequence
 * @example
 * ```ts
 * const schema = features({
 *   agent: text(),
 *   steps: dataset(record({ observation: tensor({ dtype: 'float32', shape: [4] }), reward: scalar('float32') })),
 * });
 * ```
 */
export function dataset<I, O>(
  feature: Feature<I, O>,
  lengthOrOptions?: number | SequenceOptions,
): DatasetFeature<I, O> {
  return listOf('dataset', feature, lengthOrOptions) as DatasetFeature<I, O>;
}

function listOf(
  kind: 'sequence' | 'dataset',
  feature: AnyFeature,
  lengthOrOptions: number | SequenceOptions | undefined,
): AnyFeature {
  const options = typeof lengthOrOptions === 'number' ? { length: lengthOrOptions } : lengthOrOptions;
  const [length = null] = checkShape([options?.length ?? null], kind);
  return define({ kind, feature: definitionOf(feature), length, documentation: documentationOf(options, kind) });
}
