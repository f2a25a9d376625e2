import type { KeptFinding } from '../../registry/index.js';

/** Which rule a build broke. */
export type GuardName =
  | 'empty-split'
  | 'example-count'
  | 'count-change'
  | 'missing-split'
  | 'join-matches'
  | 'schema-drift'
  | 'unknown-expectation';

/** Something about a build's data that nobody expected, in figures and without values of the data. */
export interface Finding extends KeptFinding {
  readonly guard: GuardName;
  /** Whether it stops the publication. */
  readonly severity: 'error' | 'warning';
}

/** Whether two builds were found at fault for the same things, to the last figure. */
export function areSameFindings(one: readonly KeptFinding[], other: readonly KeptFinding[]): boolean {
  return linesOf(one) === linesOf(other);
}

function linesOf(findings: readonly KeptFinding[]): string {
  const lines = findings.map(({ guard, split, transform, message, measured, expected }) =>
    JSON.stringify({ guard, split, transform, message, measured, expected }),
  );
  return lines.sort().join('\n');
}
