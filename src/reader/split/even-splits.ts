import { DatasetsError } from '../../core/errors/index.js';
import type { EvenPart, SplitSelector } from './split-selector.js';

/**
 * Cuts a split, or any part of one, into parts of the same size, for instance one for each training process.
 *
 * Sizes differ by at most one example; with `dropRemainder` they are equal and the last examples belong to no part. Where the part is a sum
 * (`train+test`), each of its terms is cut. As tfds' `even_splits`.
 *
 * @throws DatasetsError SPLIT_EXPRESSION_INVALID unless `count` is a whole number above 0.
 * @example
 * ```ts
 * const [first, second] = evenSplits('train', 2);
 * const dataset = await load('mnist', { split: first });
 * ```
 */
export function evenSplits(
  split: SplitSelector,
  count: number,
  options: { readonly dropRemainder?: boolean } = {},
): readonly EvenPart[] {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new DatasetsError('SPLIT_EXPRESSION_INVALID', `a split can't be cut into ${count} parts`, {
      hint: 'The number of parts is a whole number above 0.',
    });
  }
  const dropRemainder = options.dropRemainder ?? false;
  return Array.from({ length: count }, (_, index) => ({ of: split, index, count, dropRemainder }));
}
