import type { StepError } from '../step-error.js';

/**
 * What a run does with a version or snapshot.
 *
 * - `build`: it is not published, or the snapshot is due.
 * - `rebuild`: something that it was made with is another one now: it is built beside the registry and compared.
 * - `maybe`: nothing of its own has changed, but something that it is made from is to be built; what that gives decides.
 * - `person`: it takes a decision of a person: a build under this version would be refused.
 * - `broken`: nobody can say what it is made of; `error` says why. A run reports it as failed.
 * - `nothing`: it is what a build would give.
 * - `unknown`: nothing is known to have changed, and something can't be told: it is left as it is.
 */
export type StepAction = 'build' | 'rebuild' | 'maybe' | 'person' | 'broken' | 'nothing' | 'unknown';

/** One version or snapshot in a plan. */
export interface RebuildStep {
  /** `product_a/men:1.2.0`, `product_a/20261121:1.2.0`: its name in a plan. `product_a` where its builder can't be read. */
  readonly reference: string;
  readonly dataset: string;
  /** As it is published: of a snapshot with its name in it. */
  readonly config: string | undefined;
  /** Undefined where its builder can't be read. */
  readonly version: string | undefined;
  /** `20261121`; undefined for a frozen version. */
  readonly snapshot: string | undefined;
  readonly action: StepAction;
  /** In a sentence, for people. */
  readonly because: string;
  /** Of `person` and `broken`: the next thing to do. */
  readonly hint: string | undefined;
  /** Steps of one wave need none of each other; counted from 1. */
  readonly wave: number;
  /** Steps of this plan that it is made from, directly. */
  readonly upstreams: readonly string[];
  /** Steps that come before it, whatever becomes of them: earlier snapshots of the same data. */
  readonly after: readonly string[];
  /** Aliases that would move to it: `nightly`. */
  readonly aliases: readonly string[];
  /** Most bytes that a warehouse would bill for it: 0 where nothing is paid for, or nothing is to be done; undefined where nobody can say. */
  readonly bytesToBill: number | undefined;
  /** With `changedSince`: the changed files, from the repository's root, that it is made with. */
  readonly touchedBy: readonly string[];
  /** Of `broken`. */
  readonly error: StepError | undefined;
}

/** What a rebuild would do, and in which order. */
export interface RebuildPlan {
  /** ISO 8601: what is due is due at this time. */
  readonly at: string;
  /** Where it publishes to: an absolute directory, or a URL. */
  readonly registry: string;
  /** By wave, then by name: what a step is made from comes before it. */
  readonly steps: readonly RebuildStep[];
  /** Of all steps; undefined where that of one is. */
  readonly bytesToBill: number | undefined;
  /** What is due and is not caught up with, in words. */
  readonly warnings: readonly string[];
}

/** Whether a run has to look at a step. */
export function isToDo({ action }: Pick<RebuildStep, 'action'>): boolean {
  return action !== 'nothing' && action !== 'unknown';
}
