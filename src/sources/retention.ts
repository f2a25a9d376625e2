import type { SourceContext, SourceState } from './source.js';

/**
 * What is kept of a query, so that a version can be built again when its tables are gone or others: its result, beside the version (`extract`); a copy in the warehouse
 * (`table-snapshot`); nothing.
 */
export type RetentionChoice = 'extract' | 'table-snapshot' | 'none';

/** What decides besides the author's choice. */
export interface RetentionRules {
  /** Largest extract that is kept where the author has made no choice. */
  readonly mostBytes: number;
  /** Kinds of personal data in the features: what a query gives holds them as they were before any policy. */
  readonly privateKinds: readonly string[];
  /** Nothing is kept of a build of the first examples. */
  readonly isSample: boolean;
}

/** How a source is kept. */
export interface Retention {
  /**
   * Before anything is read.
   *
   * @throws DatasetsError PRIVACY_POLICY_MISSING, UNSUPPORTED for a choice that can't be carried out
   */
  check(rules: RetentionRules, context: SourceContext): Promise<void>;
  /**
   * When all was read.
   *
   * @param into where files that are to be kept are put, and the states that the source gave
   */
  retain(rules: RetentionRules, into: RetainedPlace, context: SourceContext): Promise<RetainedResult>;
}

export interface RetainedPlace {
  /** Absolute; made if need be. */
  readonly directory: string;
  readonly states: readonly SourceState[];
}

/** What became of one query. */
export interface RetainedResult {
  /** The query, as its state names it. */
  readonly uri: string;
  /** The states of what it read. */
  readonly inputs: readonly string[];
  /** How long the version can be built again, as far as this query goes: an ISO 8601 time, or without end, or not for certain even now. */
  readonly until: 'always' | 'never' | (string & {});
  /** In a sentence. */
  readonly why: string;
  readonly extract?: SourceExtract;
  readonly tableSnapshot?: TableSnapshot;
}

/** The result of a query as a table that the warehouse keeps. */
export interface TableSnapshot {
  /** As of an extract. */
  readonly of: string;
  /** `project.dataset.table` */
  readonly table: string;
  /** When it is deleted, ISO 8601. */
  readonly expires: string;
  /** Why personal data in it may be kept. */
  readonly privateReason?: string;
}

export type ExtractFormat = 'parquet' | 'arrow';

/** The result of a query as files. */
export interface SourceExtract {
  /** What the result depends on besides the state of its tables: sha256 over query, parameters and declared types. */
  readonly of: string;
  readonly format: ExtractFormat;
  /** Columns that hold integers of more than 64 bits, as text. */
  readonly integers: readonly string[];
  /** Why personal data in it may be kept. */
  readonly privateReason?: string;
  /** In the order of their rows. */
  readonly files: readonly ExtractFile[];
}

export interface ExtractFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly rows: number;
}

/** What queries gave before. */
export interface GivenExtracts {
  readonly results: readonly (GivenExtract | GivenTable)[];
  /** No other query may run. */
  readonly isAll: boolean;
}

/** The states of a query and of what it read, as they were. */
export interface GivenStates {
  readonly query: SourceState;
  readonly inputs: readonly SourceState[];
}

/** A table to be read in place of running its query. */
export interface GivenTable extends TableSnapshot, GivenStates {
  readonly format: 'table';
}

/** An extract to be read in place of running its query. Plain data: it crosses threads and processes. */
export interface GivenExtract extends Omit<SourceExtract, 'files'>, GivenStates {
  /** `path` is relative to the staging directory. */
  readonly files: readonly ExtractFile[];
}
