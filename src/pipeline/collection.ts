import type { DownloadRequest } from '../downloads/index.js';
import type { DownloadedFiles, Source } from '../sources/index.js';

export type Awaitable<T> = T | PromiseLike<T>;

/** A key of an example or of a group. As in tfds, 1 and '1' are the same key of an example; as group keys they differ. */
export type Key = string | number | bigint | Uint8Array;

/** How values of one key are folded. Set `exact` when `merge` gives the same result in every order: only then it is lifted before the shuffle. */
export interface Combiner<V, A, O> {
  create(): A;
  add(accumulator: A, value: V): A;
  merge(a: A, b: A): A;
  extract(accumulator: A): O;
  readonly exact?: boolean;
}

export interface JoinOptions {
  /** How many elements may find no partner before the build fails. Default: any number; what did not match is counted in the manifest all the same. */
  readonly maxUnmatched?: number;
  /**
   * Whether elements on the right without a partner count against `maxUnmatched`, as those on the left do. Default `ignore`: the right side
   * is often a catalogue, of which only a part is used.
   */
  readonly rightUnmatched?: 'ignore' | 'count';
}

/** Set-up once a worker, tear-down at its end. The resource never leaves its worker. */
export interface Resource<R> {
  setup(): Awaitable<R>;
  teardown?(resource: R): Awaitable<void>;
}

/**
 * A value computed from another collection, for use inside the functions of transforms that are declared after it.
 *
 * It is complete before the first of them runs. Lists are sorted by the canonical bytes of their elements, so that they are the same in every engine.
 */
export interface SideInput<T> {
  readonly kind: 'side-input';
  /** @throws DatasetsError PIPELINE_INVALID outside a transform's function, and in transforms declared before the side input. */
  get(): T;
}

export interface Counter {
  /** @param amount an integer, 1 by default: the sum must not depend on the order. */
  add(amount?: number): void;
}

/** A named step's options; every transform takes a name so that errors and counters can say where. */
export interface StepOptions {
  readonly name?: string;
}

/** A set of elements, in Beam's sense: unordered, computed in parallel. Elements between stages are values (see the values room). */
export interface Collection<T> {
  map<U>(fn: (element: T) => U, options?: StepOptions): Collection<Awaited<U>>;
  filter<U extends T>(fn: (element: T) => element is U, options?: StepOptions): Collection<U>;
  filter(fn: (element: T) => Awaitable<boolean>, options?: StepOptions): Collection<T>;
  flatMap<U>(fn: (element: T) => Awaitable<Iterable<U>> | AsyncIterable<U>, options?: StepOptions): Collection<U>;
  /** `fn` gets up to `size` elements of one source shard (of one partition after a shuffle) and returns any number of elements. */
  mapBatches<U>(
    size: number,
    fn: (batch: readonly T[]) => Awaitable<Iterable<U>>,
    options?: StepOptions,
  ): Collection<U>;
  withResource<R, U>(
    resource: Resource<R>,
    fn: (element: T, resource: R) => U,
    options?: StepOptions,
  ): Collection<Awaited<U>>;
  keyBy<K extends Key>(fn: (element: T) => K, options?: StepOptions): Keyed<K, T>;
  merge(...others: readonly Collection<T>[]): Collection<T>;
  distinct(options?: StepOptions): Collection<T>;
  reshuffle(options?: StepOptions): Collection<T>;
  /** Hands elements of one slow source shard to all workers: pays from about 3 to 5 microseconds of work an element. */
  fanOut(options?: StepOptions): Collection<T>;
  asList(): SideInput<readonly T[]>;
  asSingleton(): SideInput<T>;
}

/** A collection of key-value pairs. */
export interface Keyed<K extends Key, V> extends Collection<readonly [K, V]> {
  keys(): Collection<K>;
  values(): Collection<V>;
  mapValues<U>(fn: (value: V, key: K) => U, options?: StepOptions): Keyed<K, Awaited<U>>;
  /** The values arrive sorted by their canonical bytes; the iterable may be read any number of times, however many there are. */
  groupByKey(options?: StepOptions): Keyed<K, Iterable<V>>;
  combinePerKey<A, O>(combiner: Combiner<V, A, O>, options?: StepOptions): Keyed<K, O>;
  coGroupByKey<W>(other: Keyed<K, W>, options?: StepOptions): Keyed<K, readonly [Iterable<V>, Iterable<W>]>;
  /** Inner join. What finds no partner is counted, and fails the build above `maxUnmatched`. */
  join<W>(other: Keyed<K, W>, options?: JoinOptions & StepOptions): Keyed<K, readonly [V, W]>;
  /** Deals elements to splits by a stable hash of `fn`'s key: the same key always lands in the same split. Fractions must sum to 1. */
  splitBy<const S extends Record<string, number>>(
    fn: (value: V, key: K) => Key,
    fractions: S,
  ): { readonly [N in keyof S]: Keyed<K, V> };
  filter<U extends readonly [K, V]>(
    fn: (element: readonly [K, V]) => element is U,
    options?: StepOptions,
  ): Keyed<K, U[1]>;
  filter(fn: (element: readonly [K, V]) => Awaitable<boolean>, options?: StepOptions): Keyed<K, V>;
  merge(...others: readonly Keyed<K, V>[]): Keyed<K, V>;
  reshuffle(options?: StepOptions): Keyed<K, V>;
  fanOut(options?: StepOptions): Keyed<K, V>;
  asMap(): SideInput<ReadonlyMap<K, V>>;
}

/** What `splits()` builds its graph from. Deterministic: facts from outside come only through its methods. */
export interface Pipeline {
  read<T>(source: Source<T>, options?: StepOptions): Collection<T>;
  /** Runs in one worker; the yielded pairs are in the generator's order. */
  generate<const K extends Key, T>(
    fn: () => Iterable<readonly [K, T]> | AsyncIterable<readonly [K, T]>,
    options?: StepOptions,
  ): Keyed<K, T>;
  create<T>(elements: Iterable<T>, options?: StepOptions): Collection<T>;
  counter(name: string): Counter;
  /** The time that this build stands for; the same in every worker. */
  readonly snapshotTime: Date;
  /**
   * Makes a file, or several, lie on this machine: fetched once by the submitter, checked, kept by content; workers are told what it was.
   *
   * What a URL must contain is said here (`sha256`) or in `checksums.tsv` beside the builder, which `build --register-checksums` writes. Sources take what it gives:
   * the file, or with `extract` the members of an archive, named by `file(pattern)`.
   *
   * @throws DatasetsError CHECKSUM_MISSING, CHECKSUM_MISMATCH, DOWNLOAD_FAILED, ARCHIVE_UNSAFE, LIMIT_EXCEEDED, BUILD_REFUSED
   * @example
   * ```ts
   * const archive = await p.download({ url: 'https://example.org/reviews.zip', extract: true });
   * return { train: p.read(csv(archive.file('train/*.csv'))).keyBy((row) => row.id) };
   * ```
   */
  download(request: string | URL | DownloadRequest): Promise<DownloadedFiles>;
  download(requests: readonly (string | URL | DownloadRequest)[]): Promise<readonly DownloadedFiles[]>;
  download<const N extends string>(
    requests: Readonly<Record<N, string | URL | DownloadRequest>>,
  ): Promise<Readonly<Record<N, DownloadedFiles>>>;
  /** Asked once by the submitter, recorded, replayed in the workers. The result is a value (see the values room). */
  once<T>(name: string, fn: () => Awaitable<T>): Promise<T>;
}
