import type { DatasetsError } from '../../core/errors/index.js';
import type { Bump } from '../../quality/index.js';
import type { RebuildPlan, RebuildStep } from '../plan/rebuild-plan.js';

/** What a pull request changes in the data sets of a registry. Plain data without a value of any example. */
export interface ChangePlan {
  /** The commit, branch or tag that it is compared with. */
  readonly base: string;
  readonly plan: RebuildPlan;
  /** In the plan's order. */
  readonly changes: readonly Change[];
  readonly verdict: ChangeVerdict;
}

/**
 * `fine`: merge it; `bump`: a version has to be raised, or raised further; `failed`: a builder can't be read, or not even a sample of it builds.
 */
export type ChangeVerdict = 'fine' | 'bump' | 'failed';

export interface Change {
  readonly step: RebuildStep;
  /** The published version that it is compared with: itself, or the one before. */
  readonly before: string | undefined;
  /** By the numbers of the versions; undefined where there is none before. */
  readonly declaredBump: Bump | undefined;
  /** What a sample shows; undefined where none was asked for, or nothing is to be built. */
  readonly sample: SampleOutcome | undefined;
}

/** What became of a sample: the first examples of each split. */
export type SampleOutcome =
  | {
      readonly status: 'built';
      readonly splits: readonly { readonly name: string; readonly examples: number }[];
      /** At least this much has to be raised; undefined where there is no version before, or it can't be compared. */
      readonly requiredBump: Bump | undefined;
      /** What differs, in words, without values. */
      readonly differences: readonly string[];
    }
  /** It is made from versions that are not published yet. */
  | { readonly status: 'waits'; readonly for: readonly string[] }
  | { readonly status: 'failed'; readonly error: DatasetsError };
