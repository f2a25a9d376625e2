import type { GuardLimits } from '../../builder/index.js';
import { nearestHint } from '../../core/names/index.js';
import type { Manifest } from '../../registry/index.js';
import type { Compared } from './compared.js';
import { countText, shareText } from './figures.js';
import type { Finding } from './finding.js';

/** What a build counted of a join's left side. */
interface JoinCounts {
  readonly matched: number;
  readonly all: number;
}

/**
 * How much less of a join may match than before, in parts of all elements on the left, where nobody says how much must. Many joins leave elements out on purpose, so that no share is wrong in
 * itself; one that is suddenly another is.
 */
const mostLost = 0.1;
const fewestCompared = 100;

/** Did joins find the partners that they should? */
export function checkJoins(
  staged: Manifest,
  previous: Compared | undefined,
  { joins: limits }: GuardLimits,
): readonly Finding[] {
  const joins = joinsOf(staged);
  const before = previous === undefined ? new Map<string, JoinCounts>() : joinsOf(previous.manifest);
  const found = [...joins].flatMap(([transform, counts]) => {
    const least = Object.hasOwn(limits, transform) ? limits[transform]?.minMatched : undefined;
    if (least !== undefined) return checkShare(transform, counts, least);
    if (counts.all > 0 && counts.matched === 0) return [nothingMatched(transform, counts)];
    const past = before.get(transform);
    return past === undefined || previous === undefined ? [] : checkLoss(transform, counts, past, previous);
  });
  const unknown = Object.keys(limits).filter((name) => !joins.has(name));
  return [...found, ...unknown.map((name) => unknownJoin(name, [...joins.keys()]))];
}

/** From the counters that builds keep of each join (`src/engines/gather/join-reports.ts`). */
function joinsOf({ counters }: Manifest): ReadonlyMap<string, JoinCounts> {
  const ending = ' left matched';
  const joins = new Map<string, JoinCounts>();
  for (const [name, matched] of Object.entries(counters)) {
    if (!name.endsWith(ending)) continue;
    const transform = name.slice(0, -ending.length);
    const unmatched = counters[`${transform} left unmatched`];
    if (unmatched !== undefined) joins.set(transform, { matched, all: matched + unmatched });
  }
  return joins;
}

function checkShare(transform: string, { matched, all }: JoinCounts, least: number): readonly Finding[] {
  if (all === 0 || matched >= Number((all * least).toPrecision(15))) return [];
  const expected = `at least ${shareText(least)}`;
  return [joinFinding('error', transform, { matched, all }, expected, `expected are ${expected}`)];
}

function nothingMatched(transform: string, counts: JoinCounts): Finding {
  return joinFinding('error', transform, counts, 'some of them', 'which is none');
}

function checkLoss(
  transform: string,
  counts: JoinCounts,
  past: JoinCounts,
  { name, severity }: Compared,
): readonly Finding[] {
  if (counts.all === 0 || past.all < fewestCompared) return [];
  const share = counts.matched / counts.all;
  const before = past.matched / past.all;
  if (share >= Number((before - mostLost).toPrecision(15))) return [];
  const expected = `at least ${shareText(Math.max(0, before - mostLost))}`;
  const why = `and ${shareText(before)} in ${name}; expected are ${expected}`;
  return [joinFinding(severity, transform, counts, expected, why)];
}

function joinFinding(
  severity: Finding['severity'],
  transform: string,
  { matched, all }: JoinCounts,
  expected: string,
  why: string,
): Finding {
  const measured = `${countText(matched)} of ${countText(all)} elements, ${shareText(matched / all)}`;
  const message = `${transform}: ${measured}, found a partner, ${why}`;
  return { guard: 'join-matches', severity, transform, message, measured, expected };
}

function unknownJoin(transform: string, names: readonly string[]): Finding {
  return {
    guard: 'unknown-expectation',
    severity: 'error',
    transform,
    message: `expectations name a join '${transform}', and there is none. ${nearestHint(transform, names, 'joins').replace(/\.$/, '')}`,
    measured: 'no such join',
    expected: `a join '${transform}'`,
  };
}
