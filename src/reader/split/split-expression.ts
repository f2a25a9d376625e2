import { DatasetsError } from '../../core/errors/index.js';
import type { SliceUnit, SplitSlice } from './split-selector.js';

/** A term of a split expression; `position` is its first character, counted from 0. */
export type SplitTerm =
  | { readonly kind: 'all'; readonly position: number }
  | { readonly kind: 'slice'; readonly position: number; readonly slice: SplitSlice };

const splitName = /[\w-]+/y;
const selector = /\[([^\]]*)\]/y;
const plus = /\s*\+\s*/y;

/**
 * Parses an expression as tfds does (splits.py): `train`, `train[:80%]+test`, `train[10:20]`, `train[-10%:]`, `train[:2shard]`,
 * `train[1shard]`, `all`.
 *
 * A unit that stands on one side of the colon counts for both, as in tfds. Two different units are refused here; tfds would silently
 * take the first.
 *
 * @throws DatasetsError SPLIT_EXPRESSION_INVALID with the position of the first character that doesn't fit.
 * @example
 * ```ts
 * parseSplitExpression('train[10:20]'); // [{ kind: 'slice', position: 0, slice: { split: 'train', from: 10, to: 20, unit: 'examples' } }]
 * ```
 */
export function parseSplitExpression(text: string): readonly SplitTerm[] {
  const terms: SplitTerm[] = [];
  let position = 0;
  for (;;) {
    const { term, end } = parseTerm(text, position);
    terms.push(term);
    if (end === text.length) return terms;
    const separator = match(plus, text, end);
    if (separator === undefined) throw invalid(text, end, 'expected + or the end', 'Join splits with +: train+test.');
    position = end + separator[0].length;
  }
}

function parseTerm(text: string, position: number): { readonly term: SplitTerm; readonly end: number } {
  const name = match(splitName, text, position)?.[0];
  if (name === undefined)
    throw invalid(text, position, 'expected the name of a split', 'Write train, train[:80%] or all.');
  const bracket = position + name.length;
  if (text.charAt(bracket) !== '[') {
    const term: SplitTerm =
      name === 'all' ? { kind: 'all', position } : { kind: 'slice', position, slice: { split: name } };
    return { term, end: bracket };
  }
  if (name === 'all')
    throw invalid(text, bracket, '`all` can not be sliced', 'Slice each split: train[:50%]+test[:50%].');
  const found = match(selector, text, bracket);
  if (found === undefined) throw invalid(text, text.length, 'expected ]', 'Close the slice: train[:80%].');
  const slice = { split: name, ...parseSlice(text, bracket + 1, found[1] ?? '') };
  return { term: { kind: 'slice', position, slice }, end: bracket + found[0].length };
}

interface Boundary {
  readonly value: number | undefined;
  readonly unit: SliceUnit | undefined;
}

function parseSlice(text: string, position: number, inner: string): Omit<SplitSlice, 'split'> {
  const parts = inner.split(':');
  const [first = '', second] = parts;
  const secondPosition = position + first.length + 1;
  if (parts.length > 2)
    throw invalid(text, secondPosition + (second ?? '').length, 'expected ]', 'A slice has no step: train[from:to].');
  if (second === undefined) return parseSingleShard(text, position, first);
  if (first === '' && second === '') {
    throw invalid(
      text,
      position,
      'expected a number before or after the colon',
      'Leave out [:] to read the whole split.',
    );
  }
  const from = parseBoundary(text, position, first);
  const to = parseBoundary(text, secondPosition, second);
  if (from.unit !== undefined && to.unit !== undefined && from.unit !== to.unit) {
    throw invalid(text, secondPosition, `the slice mixes ${from.unit} and ${to.unit}`, 'Use one unit on both sides.');
  }
  const unit = from.unit ?? to.unit ?? 'examples';
  const fits = unit === '%' ? checkPercent : checkWhole;
  fits(text, position, first, from.value);
  fits(text, secondPosition, second, to.value);
  return { from: from.value, to: to.value, unit };
}

/** `train[1shard]`; without a colon tfds takes only shards. */
function parseSingleShard(text: string, position: number, part: string): Omit<SplitSlice, 'split'> {
  const { value, unit } = parseBoundary(text, position, part);
  if (value === undefined)
    throw invalid(text, position, 'expected a slice', 'Write train[10:20], train[:80%] or train[1shard].');
  if (unit !== 'shard') {
    throw invalid(
      text,
      position,
      'expected a slice with a colon',
      'A single number names a shard: train[1shard]. One example: train[5:6].',
    );
  }
  checkWhole(text, position, part);
  return { from: value, to: value + 1, unit };
}

const boundary = /^(-?[\d_.]+)(%|shard)?$/;
/** Python's `float()` of digits: underscores between digits, a dot anywhere among them. */
const pythonNumber = /^-?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)$/;

function parseBoundary(text: string, position: number, part: string): Boundary {
  if (part === '') return { value: undefined, unit: undefined };
  const found = boundary.exec(part);
  const number = found?.[1] ?? '';
  if (!pythonNumber.test(number)) {
    throw invalid(
      text,
      position,
      'expected a number, which may end with % or shard',
      'Write train[10:20], train[:80%] or train[:2shard].',
    );
  }
  // -0 would compare as 0 and print as -0.
  const value = Number(number.replaceAll('_', '')) + 0;
  return { value, unit: found?.[2] as SliceUnit | undefined };
}

/** Also 1.0 is refused, by Python's `int()`. */
function checkWhole(text: string, position: number, part: string): void {
  if (!part.includes('.')) return;
  throw invalid(text, position, 'expected a whole number', 'Only percents may have a fraction: train[:12.5%].');
}

function checkPercent(text: string, position: number, _part: string, value: number | undefined): void {
  if (Math.abs(value ?? 0) <= 100) return;
  throw invalid(text, position, 'percents lie between -100 and 100', 'Write train[:80%] or train[-20%:].');
}

function match(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}

function invalid(text: string, position: number, what: string, hint: string): DatasetsError {
  const rest = text.slice(position, position + 20);
  const got = rest === '' ? 'the end' : JSON.stringify(rest);
  return new DatasetsError(
    'SPLIT_EXPRESSION_INVALID',
    `split expression ${JSON.stringify(text)}: ${what} at character ${position + 1}, got ${got}`,
    { hint },
  );
}
