/** What is wrong with a data set. Stable: monitors may select by it. */
export type CheckProblem =
  | 'late' // its newest data is older than its freshness
  | 'unpublished' // it says how fresh it has to be, and no version of it is there
  | 'snapshot-missing' // of a period that is over
  | 'source-missing' // what it is made from is not in its place
  | 'source-unknown' // nobody could look
  | 'alias-broken' // it stands for what was yanked or removed
  | 'builder-broken' // its module or its `splits()` fails
  | 'registry-broken' // what the registry holds of it can't be read
  | 'version-unlisted' // published, and its builder knows nothing of it
  | 'version-blocked' // published and not yanked, and its builder says that it must not be used
  | 'feature-undescribed'
  | 'owner-missing';

export interface CheckFinding {
  /** An error is late, missing or broken; a warning is what somebody should see to by day. */
  readonly severity: 'error' | 'warning';
  readonly problem: CheckProblem;
  readonly dataset: string;
  /** Without the snapshot's name. */
  readonly config: string | undefined;
  /** In a sentence. */
  readonly message: string;
  /** The next thing to do. */
  readonly hint: string;
}

/** How old the data of one config of a data set is. */
export interface CheckedAge {
  readonly dataset: string;
  /** Without the snapshot's name; undefined where the data set has none. */
  readonly config: string | undefined;
  /** The newest version or snapshot that is published and not yanked; undefined where there is none. */
  readonly newest: string | undefined;
  /** The time that it is as new as, ISO 8601: of a snapshot the end of its period, of a version when it was built, or when a build last gave the same. */
  readonly upTo: string | undefined;
  readonly ageSeconds: number | undefined;
  /** How old it may be; undefined where its class doesn't say. */
  readonly freshnessSeconds: number | undefined;
  readonly isLate: boolean;
}

/** What was looked at, and what is wrong. */
export interface CheckReport {
  /** ISO 8601 */
  readonly checkedAt: string;
  /** A directory or a URL. */
  readonly registry: string;
  readonly datasets: number;
  /** Sorted by data set and config. */
  readonly ages: readonly CheckedAge[];
  /** Errors first, then sorted by data set. */
  readonly findings: readonly CheckFinding[];
}
