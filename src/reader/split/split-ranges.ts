import { DatasetsError } from '../../core/errors/index.js';
import { nearestHint } from '../../core/names/index.js';
import { parseSplitExpression, type SplitTerm } from './split-expression.js';
import type { EvenPart, SplitSelector, SplitSlice } from './split-selector.js';

/** A split as far as its slices go. */
export interface SplitShape {
  readonly name: string;
  readonly examples: number;
  readonly shards: readonly { readonly examples: number }[];
}

/** Examples `from .. to` of a split, in the order of its records. */
export interface ExampleRange {
  readonly split: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The examples that a selector means, one range a term, by the rules of tfds (splits.py, `_rel_to_abs_instr`; subsplits_utils.py).
 *
 * @param splits in the order of the version.
 * @throws DatasetsError SPLIT_EXPRESSION_INVALID; SPLIT_UNKNOWN with the nearest name.
 * @example
 * ```ts
 * resolveSplit('train[:50%]', [{ name: 'train', examples: 7, shards: [{ examples: 7 }] }]); // [{ split: 'train', from: 0, to: 4 }]
 * ```
 */
export function resolveSplit(selector: SplitSelector, splits: readonly SplitShape[]): readonly ExampleRange[] {
  if (typeof selector === 'string') return resolveExpression(selector, splits);
  if (isList(selector)) return selector.flatMap((part) => resolveSplit(part, splits));
  if ('of' in selector) return resolveEvenPart(selector, splits);
  checkSlice(selector);
  return [resolveSlice(selector, splits, describe(selector))];
}

function resolveExpression(text: string, splits: readonly SplitShape[]): readonly ExampleRange[] {
  return parseSplitExpression(text).flatMap((term) => resolveTerm(term, text, splits));
}

function resolveTerm(term: SplitTerm, text: string, splits: readonly SplitShape[]): readonly ExampleRange[] {
  if (term.kind === 'all') return splits.map(({ name, examples }) => ({ split: name, from: 0, to: examples }));
  return [resolveSlice(term.slice, splits, JSON.stringify(text))];
}

/** The first parts get one example more where the number doesn't divide. */
function resolveEvenPart(part: EvenPart, splits: readonly SplitShape[]): readonly ExampleRange[] {
  const { index, count, dropRemainder } = part;
  return resolveSplit(part.of, splits).map(({ split, from, to }) => {
    const size = Math.floor((to - from) / count);
    const surplus = dropRemainder ? 0 : (to - from) % count;
    const begin = from + size * index + Math.min(index, surplus);
    const end = from + size * (index + 1) + Math.min(index + 1, surplus);
    return { split, from: begin, to: end };
  });
}

function resolveSlice(slice: SplitSlice, splits: readonly SplitShape[], text: string): ExampleRange {
  const split = splits.find((candidate) => candidate.name === slice.split);
  if (split === undefined) throw unknownSplit(slice.split, splits, text);
  const { examples } = split;
  let from = boundaryFrom(slice, split, text);
  let to = boundaryTo(slice, split, text);
  if (Math.abs(from) > examples || Math.abs(to) > examples) {
    throw invalid(
      `${text} reaches beyond the ${examples} examples of ${split.name}`,
      `Slice within ${examples} examples, or by percent: ${split.name}[:80%].`,
    );
  }
  if (from < 0) from += examples;
  if (to < 0) to += examples;
  if (from > to) {
    throw invalid(
      `${text} ends before it begins: examples ${from} to ${to} of ${split.name}`,
      'Write the smaller boundary first.',
    );
  }
  return { split: split.name, from, to };
}

function boundaryFrom(slice: SplitSlice, split: SplitShape, text: string): number {
  if (slice.from === undefined) return 0;
  if (slice.unit === '%') return percent(slice, slice.from, split, text);
  return slice.unit === 'shard' ? examplesBefore(split, slice.from) : slice.from;
}

function boundaryTo(slice: SplitSlice, split: SplitShape, text: string): number {
  if (slice.to === undefined) return split.examples;
  if (slice.unit === '%') return percent(slice, slice.to, split, text);
  if (slice.unit !== 'shard') return slice.to;
  // tfds takes 0 for the end here, so that [-1shard] (0 after its increment) is the last shard.
  return examplesBefore(split, slice.to <= 0 ? split.shards.length + slice.to : slice.to);
}

/** Examples in the shards `[:shard]`, where a negative number counts from the end as in Python. */
function examplesBefore(split: SplitShape, shard: number): number {
  return split.shards.slice(0, shard).reduce((sum, { examples }) => sum + examples, 0);
}

function percent(slice: SplitSlice, boundary: number, split: SplitShape, text: string): number {
  const { examples } = split;
  if (slice.rounding !== 'pct1_dropremainder') return roundHalfEven((boundary * examples) / 100);
  if (examples >= 100) return boundary * Math.trunc(examples / 100);
  throw invalid(
    `${text}: pct1_dropremainder would read nothing of ${split.name}, which has ${examples} examples`,
    'Use the rounding `closest` for splits with fewer than 100 examples.',
  );
}

/** Python's `round`. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest < 0.5 ? floor : floor + 1;
}

function checkSlice(slice: SplitSlice): void {
  const { unit = 'examples', rounding = 'closest' } = slice;
  const wholeOnly = unit !== '%' || rounding === 'pct1_dropremainder';
  for (const boundary of [slice.from, slice.to]) {
    if (boundary === undefined) continue;
    if (!Number.isFinite(boundary) || (wholeOnly && !Number.isInteger(boundary))) {
      throw invalid(
        `${describe(slice)}: ${boundary} is no whole number`,
        'Only percents rounded to the closest may have a fraction.',
      );
    }
    if (unit === '%' && Math.abs(boundary) > 100) {
      throw invalid(
        `${describe(slice)}: ${boundary}% is not between -100% and 100%`,
        'Percents lie between -100 and 100.',
      );
    }
  }
}

function describe(slice: SplitSlice): string {
  const unit = slice.unit === undefined || slice.unit === 'examples' ? '' : slice.unit;
  const side = (value: number | undefined) => (value === undefined ? '' : `${value}${unit}`);
  return `the slice ${slice.split}[${side(slice.from)}:${side(slice.to)}]`;
}

function isList(selector: SplitSelector): selector is readonly SplitSelector[] {
  return Array.isArray(selector);
}

function unknownSplit(name: string, splits: readonly SplitShape[], text: string): DatasetsError {
  const names = splits.map((split) => split.name);
  return new DatasetsError('SPLIT_UNKNOWN', `${text}: there is no split ${name}`, {
    hint: nearestHint(name, names, 'splits'),
    at: { split: name },
  });
}

function invalid(message: string, hint: string): DatasetsError {
  return new DatasetsError('SPLIT_EXPRESSION_INVALID', message, { hint });
}
