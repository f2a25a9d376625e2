import type { WarehouseName } from '../core/config/index.js';
import type { Json } from '../core/json/index.js';

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
}

export interface SourceContext {
  /** Where relative paths start: the builder module's folder. */
  readonly baseDirectory: string;
  /** Where npm packages are looked for after the builder module's own: the project's folder. Default: the working directory. */
  readonly projectDirectory?: string;
  /** Where files that `p.download` fetched lie, absolute. */
  readonly downloadDirectory?: string;
  readonly signal?: AbortSignal;
  /** Where SQL runs. Default: `duckdb`. */
  readonly warehouse?: WarehouseName;
  /** Absolute: where `split` may put files, made if need be, that `read` finds. They last as long as the build; one that goes on finds them again. */
  readonly stagingDirectory?: string;
  /** What `split` may take for such work. */
  readonly memoryBytes?: number;
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
  split(context: SourceContext): Promise<readonly SourceShard[]>;
  read(shard: SourceShard, context: SourceContext): Iterable<SourceBatch<T>> | AsyncIterable<SourceBatch<T>>;
  /**
   * What tells quickly that no input was changed, without reading any: sizes and times. While it is the same, so is the content; where it differs, `state`
   * decides. A source that has none is asked for its state.
   */
  stamp?(context: SourceContext): Promise<string>;
  /** Every input with its digest, for the manifest and the fingerprint. */
  state(context: SourceContext): Promise<readonly SourceState[]>;
}

/** Whether reading a source needs a network, or costs money, in a context. */
export function isRemoteSource(source: Source<unknown>, context: SourceContext): boolean {
  return typeof source.remote === 'function' ? source.remote(context) : source.remote === true;
}

export type ElementOf<S> = S extends Source<infer T> ? T : never;

/** Most elements of a batch. */
export const batchElements = 1024;
