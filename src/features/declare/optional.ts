import type { Feature } from '../feature.js';
import { define, definitionOf } from './define.js';
import { invalidFeature } from './invalid-feature.js';

export interface OptionalFeature<I, O> extends Feature<I | null | undefined, O | null> {
  readonly kind: 'optional';
  readonly optional: true;
  readonly feature: Feature<I, O>;
}

/**
 * A value that may be absent: an author may leave the field out or write null, a reader gets null.
 *
 * In Arrow and HF datasets it is null. In tf.Example, scalars, text and tensors of a known shape are left out as by tfds' `optional=True`, and stock
 * tfds then reads its default: the smallest number of the dtype (-inf for float64), false, or an empty string. Everything else, and whatever
 * lies in a sequence, tfds has no optional form of: it is stored as a sequence of none or one, which stock tfds reads as such.
 *
 * @throws {DatasetsError} FEATURE_INVALID when the feature is optional already
 * @example
 * ```ts
 * const schema = features({ photo: optional(image()), note: optional(text()) });
 * const example: InputOf<typeof schema> = { note: null };
 * ```
 */
export function optional<I, O>(feature: Feature<I, O>): OptionalFeature<I, O> {
  const inner = definitionOf(feature);
  if (inner.kind === 'optional')
    throw invalidFeature('optional: the feature is optional already', 'Say optional once.');
  return define<OptionalFeature<I, O>>(
    // `optional: true` is there for the types: record() makes such fields optional.
    Object.assign(
      { kind: 'optional' as const, feature: inner, documentation: inner.documentation },
      { optional: true },
    ),
  );
}
