/** Where something went wrong. Every part is optional; the message names those that are known. */
export interface ErrorLocation {
  readonly dataset?: string;
  readonly split?: string;
  /** The example's key, already made safe to show (a hash prefix when the key is private). */
  readonly key?: string;
  /** Path of the field inside the example, e.g. `user/id` or `steps[3]/reward`. */
  readonly field?: string;
  /** Name of the pipeline's transform. */
  readonly transform?: string;
  /** A position in a source: `impressions.csv line 12, column 3`. */
  readonly source?: string;
  readonly file?: string;
  /** Byte offset inside `file`. */
  readonly offset?: number;
}

export interface ErrorOptions {
  /** The next thing to do, as one sentence or command. */
  readonly hint?: string;
  readonly cause?: unknown;
  readonly at?: ErrorLocation;
  /** Evidence for machines, which `--json` prints: plain data, without private values. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The root of every error that this package throws on purpose.
 *
 * `code` is stable across releases: scripts may test for it. `message` names what is wrong and where; `hint` says what to do next.
 */
export class DatasetsError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly at: ErrorLocation;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.at = options.at ?? {};
    this.details = options.details;
  }
}

/** The error for what this package promised itself and did not keep. */
export function internalError(message: string, cause?: unknown): DatasetsError {
  return new DatasetsError('INTERNAL', message, {
    hint: 'This is a fault of ailab-datasets: please report it with its stack.',
    cause,
  });
}

/** Every code with its meaning; docs/errors.md is written from this list. */
export type ErrorCode =
  // examples and features
  | 'EXAMPLE_INVALID' // an example does not fit its features
  | 'FEATURE_INVALID' // a feature's declaration is wrong
  | 'KEY_INVALID'
  | 'KEY_DUPLICATE'
  | 'SPLIT_EMPTY'
  // names
  | 'NAME_INVALID'
  | 'DATASET_UNKNOWN'
  | 'CONFIG_UNKNOWN'
  | 'VERSION_UNKNOWN'
  | 'VERSION_BLOCKED'
  | 'SPLIT_UNKNOWN'
  | 'SPLIT_EXPRESSION_INVALID'
  // sources
  | 'SOURCE_NOT_FOUND'
  | 'SOURCE_MALFORMED'
  | 'QUERY_INVALID' // a warehouse refuses a query, or its result is not what was declared
  | 'WAREHOUSE_DENIED' // the credentials don't allow it
  | 'WAREHOUSE_FAILED' // no answer, no time, no quota
  // downloads
  | 'CHECKSUM_MISSING' // nobody has said what a URL must contain
  | 'CHECKSUM_MISMATCH'
  | 'DOWNLOAD_FAILED'
  | 'ARCHIVE_UNSAFE' // a member would leave its folder, or is no plain file
  | 'LIMIT_EXCEEDED' // downloads or what an archive becomes are larger than allowed
  // builders and pipelines
  | 'BUILDER_INVALID'
  | 'PIPELINE_INVALID'
  | 'VALUE_UNSUPPORTED' // an element that has no canonical encoding
  | 'JOIN_UNMATCHED'
  | 'USER_CODE' // an exception in the author's function
  | 'GRAPH_MISMATCH' // a worker re-created another graph
  | 'WORKER_DIED'
  | 'JOB_SERVICE_UNREACHABLE' // nobody answers where Beam's job service should be, or it went away
  | 'JOB_REFUSED' // the service does not take the job
  | 'JOB_FAILED' // the job failed, and nobody knows more than its messages
  | 'WORKER_MISMATCH' // a worker on another machine has other code, packages or release than the submitter
  | 'BUILD_TIMED_OUT' // it took longer than its class allows
  | 'INTERRUPTED'
  | 'PREEMPTED' // a signal from outside ended it: the machine is taken away
  // data on disk
  | 'DATA_CORRUPT'
  | 'STORAGE_FULL'
  | 'STORAGE_FAILED'
  // object storage
  | 'STORAGE_DENIED' // the credentials don't allow it
  | 'STORAGE_UNREACHABLE' // no network, or no answer in time
  | 'CREDENTIALS_MISSING' // none, or expired
  | 'BUCKET_UNKNOWN'
  | 'STORAGE_UNSUITABLE' // a file system that can't do what is needed
  // registry
  | 'VERSION_EXISTS'
  | 'VERSION_REMOVED' // pruned: its tombstone says when, by whom and why
  | 'VERSION_YANKED' // taken back by a person: who, when and why stands in the registry
  | 'SNAPSHOT_NOT_OVER' // its period hasn't ended yet
  | 'VERSION_IMMUTABLE'
  | 'VERSION_BUMP_TOO_SMALL' // a new version differs more from the one before than its number says
  | 'LEASE_LOST' // another process took this one for dead and went on
  | 'ALIAS_MOVED' // somebody else moved the alias first
  | 'BUILD_UNKNOWN'
  | 'BUILD_RUNNING' // a build that somebody works on can't be removed
  | 'MANIFEST_INVALID'
  | 'FORMAT_TOO_NEW'
  | 'BUILD_REFUSED' // load() may not build this here
  | 'GUARD_FAILED' // a build's data is not what is expected of it; it is kept aside
  // policy and set-up
  | 'PRIVACY_POLICY_MISSING'
  | 'PEER_MISSING' // an optional package is not installed
  | 'CONFIG_INVALID'
  | 'USAGE'
  | 'UNSUPPORTED'
  | 'INTERNAL';
