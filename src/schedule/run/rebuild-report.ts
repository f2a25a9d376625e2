import type { RebuildStep } from '../plan/rebuild-plan.js';
import type { StepError } from '../step-error.js';

/**
 * What became of a step.
 *
 * - `published`: it was built, and is there now.
 * - `attested`: something that it was made with has changed, and gives the same data: nothing was published.
 * - `unchanged`: looked at again, once what it is made from was built: it is what a build would give.
 * - `elsewhere`: another run published it meanwhile.
 * - `nothing`: there was nothing to do.
 * - `failed`; `person`: a build is refused until a person decides.
 * - `skipped`: something that it is made from is not as it should be (`becauseOf`), so that it would have been made from old data.
 * - `not-run`: the run ended before it: by its budget, or by a signal.
 */
export type StepStatus =
  | 'published'
  | 'attested'
  | 'unchanged'
  | 'elsewhere'
  | 'nothing'
  | 'failed'
  | 'person'
  | 'skipped'
  | 'not-run';

export interface StepOutcome {
  readonly step: RebuildStep;
  readonly status: StepStatus;
  /** In a sentence, for people. */
  readonly because: string;
  /** The next thing to do, where it takes somebody. */
  readonly hint: string | undefined;
  /** Of `skipped`: the steps that failed, were refused or were not run. */
  readonly becauseOf: readonly string[];
  /** Builds that were begun: more than one where a fault of a machine or a network was met. */
  readonly attempts: number;
  readonly seconds: number;
  /** By a warehouse, as far as is known: of what was published the bill, of what failed the most that it can have been. */
  readonly bytesBilled: number | undefined;
  readonly error: StepError | undefined;
  /** Of what is published, or was found so. */
  readonly contentDigest: string | undefined;
  readonly examples: number | undefined;
  /** Aliases that were moved to it: `nightly`. */
  readonly movedAliases: readonly string[];
  /** Where the version lies: its directory, or its URL. */
  readonly directory: string | undefined;
}

/** What a run did. Plain data. */
export interface RebuildReport {
  /** ISO 8601: what was due was due at this time. */
  readonly at: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly registry: string;
  /** In the order of the plan. */
  readonly outcomes: readonly StepOutcome[];
  /** How many there are of each. */
  readonly counts: Readonly<Record<StepStatus, number>>;
  /** 0 nothing failed, 3 some did, 4 all did. What was not run, or skipped, counts as failed. */
  readonly exitCode: 0 | 3 | 4;
  readonly bytesBilled: number;
  readonly budgetBytes: number | undefined;
  /** What ended the run before its time. */
  readonly interrupted: StepError | undefined;
  readonly warnings: readonly string[];
}

const statuses: readonly StepStatus[] = [
  ...(['published', 'attested', 'unchanged', 'elsewhere', 'nothing'] as const),
  ...(['failed', 'person', 'skipped', 'not-run'] as const),
];
const bad: ReadonlySet<StepStatus> = new Set(['failed', 'person', 'skipped', 'not-run']);

/** Whether a step is not as it should be: what is made from it waits. */
export function isBad(status: StepStatus): boolean {
  return bad.has(status);
}

export function countsOf(outcomes: readonly StepOutcome[]): Readonly<Record<StepStatus, number>> {
  const count = (wanted: StepStatus) => outcomes.filter(({ status }) => status === wanted).length;
  return Object.fromEntries(statuses.map((status) => [status, count(status)])) as Record<StepStatus, number>;
}

export function exitCodeOf(outcomes: readonly StepOutcome[]): 0 | 3 | 4 {
  const failed = outcomes.filter(({ status }) => isBad(status)).length;
  if (failed === 0) return 0;
  return failed === outcomes.length ? 4 : 3;
}
