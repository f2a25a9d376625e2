import type { ErrorCode } from '../../src/core/errors/index.js';

/** Exit codes of the command line; docs/cli.md and `--help` list them. Scripts test for them: they are stable. */
export const exitCodes = {
  ok: 0,
  /** The builder's code or the data is wrong: a build failed, `verify` found damage. With `--exit-code`, `diff` found a difference. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** A data set, config, version, split or input does not exist. */
  notFound: 3,
  /** `rebuild`: some data sets are not as they should be. */
  someFailed: 3,
  /** A rule forbids it: the version exists, is blocked, lacks a privacy policy. */
  refused: 4,
  /** `rebuild`: none is as it should be. */
  allFailed: 4,
  /** This machine is not fit: full disk, missing package, unreadable directory. */
  environment: 5,
  /** `why`: a build is needed, to publish the version or to see whether it is still the same. */
  outdated: 10,
  /** `why`: the version has to be raised. */
  bumpNeeded: 11,
  /** `why`: nothing is known to have changed, and something can't be told. */
  unknown: 12,
  /** A defect of this program (EX_SOFTWARE of sysexits.h). */
  bug: 70,
  /** SIGINT, as shells report it: 128 + 2. */
  interrupted: 130,
  /** SIGTERM: 128 + 15. */
  preempted: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The table in `--help` and docs/cli.md. */
export const exitCodeTexts: readonly (readonly [code: ExitCode, text: string])[] = [
  [exitCodes.ok, 'done'],
  [
    exitCodes.failed,
    "the builder's code or the data is wrong; verify found damage; diff --exit-code found a difference",
  ],
  [exitCodes.usage, 'the command line or the configuration is wrong'],
  [
    exitCodes.notFound,
    'a data set, version, split or input does not exist; rebuild: some data sets failed; check: something is late, missing or broken',
  ],
  [
    exitCodes.refused,
    'a rule forbids it: the version exists, is blocked, lacks a privacy policy, or its data is not what is expected; rebuild: all failed',
  ],
  [exitCodes.environment, 'this machine is not fit: full disk, missing package, unreadable directory'],
  [exitCodes.outdated, 'why: a build is needed'],
  [exitCodes.bumpNeeded, 'why: the version has to be raised'],
  [exitCodes.unknown, "why: nothing is known to have changed, and something can't be told"],
  [exitCodes.bug, 'a defect of ailab-datasets'],
  [exitCodes.interrupted, 'interrupted'],
  [exitCodes.preempted, 'ended by SIGTERM or SIGHUP: a build goes on when it is run again'],
];

/** Complete by its type: a new error code doesn't compile until it has an exit code. */
export const exitCodeOf: Readonly<Record<ErrorCode, ExitCode>> = {
  EXAMPLE_INVALID: exitCodes.failed,
  FEATURE_INVALID: exitCodes.failed,
  KEY_INVALID: exitCodes.failed,
  KEY_DUPLICATE: exitCodes.failed,
  SPLIT_EMPTY: exitCodes.failed,
  NAME_INVALID: exitCodes.usage,
  DATASET_UNKNOWN: exitCodes.notFound,
  CONFIG_UNKNOWN: exitCodes.notFound,
  VERSION_UNKNOWN: exitCodes.notFound,
  VERSION_BLOCKED: exitCodes.refused,
  SPLIT_UNKNOWN: exitCodes.notFound,
  SPLIT_EXPRESSION_INVALID: exitCodes.usage,
  SOURCE_NOT_FOUND: exitCodes.notFound,
  SOURCE_MALFORMED: exitCodes.failed,
  CHECKSUM_MISSING: exitCodes.refused,
  CHECKSUM_MISMATCH: exitCodes.failed,
  DOWNLOAD_FAILED: exitCodes.environment,
  ARCHIVE_UNSAFE: exitCodes.refused,
  LIMIT_EXCEEDED: exitCodes.refused,
  QUERY_INVALID: exitCodes.failed,
  WAREHOUSE_DENIED: exitCodes.environment,
  WAREHOUSE_FAILED: exitCodes.environment,
  BUILDER_INVALID: exitCodes.failed,
  PIPELINE_INVALID: exitCodes.failed,
  VALUE_UNSUPPORTED: exitCodes.failed,
  JOIN_UNMATCHED: exitCodes.failed,
  USER_CODE: exitCodes.failed,
  GRAPH_MISMATCH: exitCodes.failed,
  WORKER_DIED: exitCodes.failed,
  JOB_SERVICE_UNREACHABLE: exitCodes.environment,
  JOB_REFUSED: exitCodes.environment,
  JOB_FAILED: exitCodes.failed,
  WORKER_MISMATCH: exitCodes.environment,
  BUILD_TIMED_OUT: exitCodes.failed,
  INTERRUPTED: exitCodes.interrupted,
  PREEMPTED: exitCodes.preempted,
  DATA_CORRUPT: exitCodes.failed,
  STORAGE_FULL: exitCodes.environment,
  STORAGE_FAILED: exitCodes.environment,
  STORAGE_DENIED: exitCodes.environment,
  STORAGE_UNREACHABLE: exitCodes.environment,
  CREDENTIALS_MISSING: exitCodes.environment,
  BUCKET_UNKNOWN: exitCodes.notFound,
  STORAGE_UNSUITABLE: exitCodes.environment,
  VERSION_EXISTS: exitCodes.refused,
  VERSION_REMOVED: exitCodes.notFound,
  VERSION_YANKED: exitCodes.refused,
  SNAPSHOT_NOT_OVER: exitCodes.refused,
  VERSION_IMMUTABLE: exitCodes.refused,
  VERSION_BUMP_TOO_SMALL: exitCodes.refused,
  LEASE_LOST: exitCodes.refused,
  ALIAS_MOVED: exitCodes.refused,
  BUILD_UNKNOWN: exitCodes.notFound,
  BUILD_RUNNING: exitCodes.refused,
  MANIFEST_INVALID: exitCodes.failed,
  FORMAT_TOO_NEW: exitCodes.environment,
  BUILD_REFUSED: exitCodes.refused,
  GUARD_FAILED: exitCodes.refused,
  PRIVACY_POLICY_MISSING: exitCodes.refused,
  PEER_MISSING: exitCodes.environment,
  CONFIG_INVALID: exitCodes.usage,
  USAGE: exitCodes.usage,
  UNSUPPORTED: exitCodes.refused,
  INTERNAL: exitCodes.bug,
};
