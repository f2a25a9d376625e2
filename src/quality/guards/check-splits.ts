import type { ChangeLimits, GuardLimits, SplitLimits } from '../../builder/index.js';
import { nearestHint } from '../../core/names/index.js';
import type { Manifest } from '../../registry/index.js';
import type { Compared } from './compared.js';
import { countText, examplesText, shareText } from './figures.js';
import type { Finding } from './finding.js';

/**
 * Where nobody says what a split may lose and gain. Half a split gone is a partition that was not loaded or a join whose keys broke, more often than what somebody meant; ten times as many examples a join that
 * multiplied them. Data that grows from night to night does neither.
 */
const defaultChange = { shrink: 0.5, growth: 9 } as const satisfies ChangeLimits;
/** Below a hundred, half of the examples more or less is what chance gives. */
const fewestCompared = 100;

/** Are the splits there that are expected, with as many examples as there should be? */
export function checkSplits(
  staged: Manifest,
  previous: Compared | undefined,
  { splits: limits, maxChange }: GuardLimits,
): readonly Finding[] {
  const before = new Map(previous?.manifest.splits.map(({ name, examples }) => [name, examples]));
  const found = staged.splits.flatMap(({ name, examples }) => {
    const own = (Object.hasOwn(limits, name) ? limits[name] : undefined) ?? {};
    const bounds = checkBounds(name, examples, own);
    const count = before.get(name);
    if (bounds.length > 0 || count === undefined || previous === undefined) return bounds;
    return checkChange({ name, examples, before: count, previous, limits: { ...maxChange, ...own.maxChange } });
  });
  const names = staged.splits.map(({ name }) => name);
  const gone = [...before].filter(([name]) => !names.includes(name));
  const unknown = Object.keys(limits).filter((name) => !names.includes(name));
  return [
    ...found,
    ...(previous === undefined ? [] : gone.map(([name, examples]) => missingSplit(name, examples, previous))),
    ...unknown.map((name) => unknownSplit(name, names)),
  ];
}

function checkBounds(
  split: string,
  examples: number,
  { minExamples = 0, maxExamples = Number.POSITIVE_INFINITY, mayBeEmpty = false }: SplitLimits,
): readonly Finding[] {
  const measured = examplesText(examples);
  const at = { severity: 'error', split, measured } as const;
  if (examples === 0 && !mayBeEmpty) {
    const expected = examplesText(Math.max(1, minExamples));
    return [{ ...at, guard: 'empty-split', message: `${split} is empty`, expected: `at least ${expected}` }];
  }
  if (examples >= minExamples && examples <= maxExamples) return [];
  const isFew = examples < minExamples;
  const expected = `${isFew ? 'at least' : 'at most'} ${examplesText(isFew ? minExamples : maxExamples)}`;
  return [{ ...at, guard: 'example-count', message: `${split} has ${measured}, expected are ${expected}`, expected }];
}

interface Change {
  readonly name: string;
  readonly examples: number;
  readonly before: number;
  readonly previous: Compared;
  readonly limits: ChangeLimits;
}

function checkChange({ name, examples, before, previous, limits }: Change): readonly Finding[] {
  const isFewer = examples < before;
  const declared = isFewer ? limits.shrink : limits.growth;
  if (before === 0 || (declared === undefined && before < fewestCompared)) return [];
  const most = declared ?? (isFewer ? defaultChange.shrink : defaultChange.growth);
  const bound = boundOf(before, most, isFewer);
  if (isFewer ? examples >= bound : examples <= bound) return [];
  const usual = previous.usual.get(name);
  if (usual !== undefined && !isFar(examples, usual, limits)) return [];
  const word = isFewer ? 'fewer' : 'more';
  const share = shareText(Math.abs(examples - before) / before);
  const expected = `at most ${shareText(most)} ${word}: ${isFewer ? 'at least' : 'at most'} ${examplesText(bound)}`;
  return [
    {
      guard: 'count-change',
      severity: previous.severity,
      split: name,
      message: `${name} has ${examplesText(examples)}, ${share} ${word} than the ${countText(before)} of ${previous.name}, expected are ${expected}`,
      measured: `${examplesText(examples)}, ${share} ${word}`,
      expected,
    },
  ];
}

/** Whether a count is farther from another than it may be. */
function isFar(examples: number, from: number, { shrink, growth }: ChangeLimits): boolean {
  if (examples < from) return examples < boundOf(from, shrink ?? defaultChange.shrink, true);
  return examples > boundOf(from, growth ?? defaultChange.growth, false);
}

/** Products of counts and of what was written with two digits: the limit itself is allowed, whatever floats make of it. */
function boundOf(before: number, most: number, isFewer: boolean): number {
  return isFewer ? Math.ceil(rounded(before * (1 - most))) : Math.floor(rounded(before * (1 + most)));
}

function rounded(product: number): number {
  return Number(product.toPrecision(15));
}

function missingSplit(split: string, examples: number, { name, severity }: Compared): Finding {
  return {
    guard: 'missing-split',
    severity,
    split,
    message: `there is no split ${split}, which had ${examplesText(examples)} in ${name}`,
    measured: 'no such split',
    expected: `a split ${split}`,
  };
}

function unknownSplit(split: string, names: readonly string[]): Finding {
  return {
    guard: 'unknown-expectation',
    severity: 'error',
    split,
    message: `expectations name a split ${split}, and there is none. ${nearestHint(split, names, 'splits').replace(/\.$/, '')}`,
    measured: 'no such split',
    expected: `a split ${split}`,
  };
}
