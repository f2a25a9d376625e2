import type { BigQuerySettings, WarehouseName } from '../core/config/index.js';
import type { Json } from '../core/json/index.js';
import type { BadRowLimit, TakeBadRow } from './bad-rows/bad-row.js';
import type { PublishedContext, PublishedRequest } from './published/published-request.js';
import type { GivenExtracts, Retention } from './retention.js';

declare const element: unique symbol;

/**
 * The unit of parallelism and of resume: a part of a source that one worker reads from beginning to end.
 * A function of the source alone, never of the number of workers.
 */
export interface SourceShard {
  /** Stable and readable, unique in its source: `impressions.csv bytes 0-67108864`. */
  readonly id: string;
  /** What `read` needs to find it again. */
  readonly data: Json;
  /** Sizes for progress, where known. */
  readonly bytes?: number;
  readonly rows?: number;
  /** Where its first element lies, where that is known without counting. */
  readonly origin?: RowPlace;
}

/** A row of a file. */
export interface RowPlace {
  /** As the reference names the file: relative to the builder module's folder or to the package's, or absolute. */
  readonly path: string;
  /** Counted from 0, in elements. */
  readonly row: number;
}

/** A run of elements with their positions, at most about 1 MiB or 1024 elements. */
export interface SourceBatch<T> {
  readonly elements: readonly T[];
  /** Where element `index` came from, for messages: `impressions.csv line 12`. Called only when something is wrong. */
  position(index: number): string;
}

/** What the manifest records about one input and what its state was. */
export interface SourceState {
  readonly uri: string;
  readonly bytes?: number;
  /** sha256 of the content, lower-case hex, or another digest with its name before a colon. */
  readonly digest?: string;
  readonly modified?: string;
  /** How a warehouse made it. */
  readonly query?: QueryRecord;
  /** Malformed rows of it that a build left out. */
  readonly badRows?: number;
  /** Of a query: what was asked. For the fingerprint; the manifest records its digest alone. */
  readonly asked?: AskedQuery;
  /** It is read as of a time: what was done to it later makes no difference. For the fingerprint. */
  readonly isPinned?: true;
}

/** A query with its parameters. */
export interface AskedQuery {
  /** The file as the manifest calls it, or the beginning of the text. */
  readonly name: string;
  readonly text: string;
  /** sha256 over the parameters, where there are any: values may be private. */
  readonly parametersDigest?: string;
}

/** What the manifest records about a query that a warehouse ran. */
export interface QueryRecord {
  /** The warehouse's id of the job: `project:location.id`. */
  readonly job: string;
  readonly bytesProcessed: number;
  readonly bytesBilled: number;
  /** The table that holds the result: `project.dataset.table`. */
  readonly result: string;
  /** When that table is deleted, ISO 8601. */
  readonly expires: string;
  /** The state of the tables that were read, where the query asked for one, ISO 8601. */
  readonly snapshotTime?: string;
}

/** The build that a source is read for: names and labels what a warehouse does for it. */
export interface SourceBuild {
  /** The same for a build that goes on, another one for a build that begins anew. */
  readonly id: string;
  readonly dataset: string;
  readonly config: string | undefined;
  readonly version: string;
  /** The builder's class. */
  readonly builder: string;
}

/** The period of the snapshot that is built: its data is what was known at `to`. */
export interface SourcePeriod {
  readonly from: Date;
  /** Not a part of it any more. */
  readonly to: Date;
}

/** How something goes on that a source does before it is read; it fits among the stages of a build. Rows count bytes. */
export type SourceProgress =
  | {
      readonly type: 'stage-start';
      readonly stage: string;
      readonly unit: 'bytes';
      readonly tasks: number;
      readonly rows: number;
    }
  | { readonly type: 'stage-end'; readonly stage: string; readonly rows: number; readonly seconds: number };

export interface SourceContext extends PublishedContext {
  /** Where relative paths start: the builder module's folder. */
  readonly baseDirectory: string;
  /** Where npm packages are looked for after the builder module's own: the project's folder. Default: the working directory. */
  readonly projectDirectory?: string;
  /** Where files that `p.download` fetched lie, absolute. */
  readonly downloadDirectory?: string;
  readonly signal?: AbortSignal;
  /** Where SQL runs. Default: `duckdb`. */
  readonly warehouse?: WarehouseName;
  readonly bigquery?: BigQuerySettings;
  readonly build?: SourceBuild;
  /** Of a build of a snapshot: queries may use it as `@snapshot_from` and `@snapshot_to`. */
  readonly period?: SourcePeriod | undefined;
  /** Called in the submitter alone. */
  readonly onProgress?: (event: SourceProgress) => void;
  /** Absolute: where `split` may put files, made if need be, that `read` finds. They last as long as the build; one that goes on finds them again. */
  readonly stagingDirectory?: string;
  /** Takes malformed rows of sources that have a limit for them, and may throw. Without it every bad row is an error. */
  readonly onBadRow?: TakeBadRow;
  /** Messages show no values: the data set has personal fields or keys. */
  readonly hidesValues?: boolean;
  /** What `split` may take for such work. */
  readonly memoryBytes?: number;
  /** Results that queries gave before: one that has its result here is not run. Their files lie in `stagingDirectory`. */
  readonly extracts?: GivenExtracts;
}

/** Something that a pipeline reads. `split` runs once in the submitter; `read` runs in the workers. */
export interface Source<T> {
  readonly [element]?: T;
  /** `csv`, `parquet`, ... */
  readonly kind: string;
  /** One line for messages, the plan and the manifest: `csv(item_context.csv)`. */
  readonly description: string;
  /** Reading it needs a network, or costs money: `load()` doesn't build from it unless told to. */
  readonly remote?: boolean | ((context: SourceContext) => boolean);
  /** How many malformed rows all shards together may leave out, each given to `onBadRow`. */
  readonly maxBadRows?: BadRowLimit;
  split(context: SourceContext): Promise<readonly SourceShard[]>;
  read(shard: SourceShard, context: SourceContext): Iterable<SourceBatch<T>> | AsyncIterable<SourceBatch<T>>;
  /** The published version that it reads: found once, by the submitter, and recorded; it is found again in `SourceContext.published`. */
  readonly published?: PublishedRequest;
  /**
   * What tells quickly that no input was changed, without reading any: sizes and times. While it is the same, so is the content; where it differs, `state`
   * decides. A source that has none is asked for its state.
   */
  stamp?(context: SourceContext): Promise<string>;
  /** There where what is read may be gone or other later, and can be kept. */
  readonly retention?: Retention;
  /** Every input with its digest, for the manifest and the fingerprint. */
  state(context: SourceContext): Promise<readonly SourceState[]>;
  /** As `state`, but runs no query and keeps nothing, for those who ask whether anything has changed. There where `state` does. */
  look?(context: SourceContext): Promise<readonly SourceState[]>;
  /** Most bytes that reading it would be billed for now; costs nothing to ask. A source that has none is read for nothing. */
  bytesToBill?(context: SourceContext): Promise<number>;
}

/** Whether reading a source needs a network, or costs money, in a context. */
export function isRemoteSource(source: Source<unknown>, context: SourceContext): boolean {
  return typeof source.remote === 'function' ? source.remote(context) : source.remote === true;
}

export type ElementOf<S> = S extends Source<infer T> ? T : never;

/** Most elements of a batch. */
export const batchElements = 1024;
