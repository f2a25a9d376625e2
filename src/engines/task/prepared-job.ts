import { join } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import type { CellBatch, CellColumn } from '../../features/index.js';
import type { Awaitable, Graph, GraphNode, Key, Plan, Resource } from '../../pipeline/index.js';
import type { RetentionRules, SourceContext } from '../../sources/index.js';
import type { RunSummary, ShardResult, ShardTask } from '../../writers/index.js';
import type { BuildJob } from '../engine.js';

/** Name in the work directory of what sources stage there. */
export const stagedFolder = 'staged';

/** Where sources find what was staged for them, in a job's work directory. */
export function sourceStaging(workDirectory: string): string {
  return join(workDirectory, stagedFolder);
}

/** Takes the examples of one split of one task (the writers room's SplitWriter). */
export interface ExampleWriter {
  /** There only where examples need work that can't be done at once (pixels for JPEG): gives what `add` takes. */
  readonly prepare: ((key: Key, example: unknown) => Promise<unknown>) | undefined;
  /** @throws DatasetsError EXAMPLE_INVALID, KEY_INVALID; STORAGE_FULL. */
  add(key: Key, example: unknown): void;
  /** The fields of an example, in the order in which `addCells` takes their columns; undefined where it takes none. */
  readonly cellFields: readonly string[] | undefined;
  /** @returns the first row of `from .. to` that has to come as an example, else `to`. */
  addCells(batch: CellBatch, key: CellColumn, columns: readonly CellColumn[], from: number, to: number): number;
  finish(): RunSummary;
  abort(): void;
}

export interface SplitFile {
  readonly split: string;
  readonly file: string;
  readonly sourceShard: string;
  readonly bufferBytes: number;
  /** How many examples of the source shard came before, in other files. */
  readonly firstOrdinal: number;
}

/** A job in one thread: the builder's graph, and how its examples become rows and shards. */
export interface PreparedJob {
  readonly job: BuildJob;
  readonly graph: Graph;
  readonly plan: Plan;
  readonly sourceContext: SourceContext;
  readonly retention: RetentionRules;
  readonly resources: WorkerResources;
  openSplit(file: SplitFile): ExampleWriter;
  encodeShard(task: ShardTask, signal: AbortSignal): Promise<ShardResult>;
  /** Whether it has personal fields or keys: then no value of its sources is kept or shown. */
  readonly isPrivate: boolean;
  /** A key for messages; the beginning of its hash where keys may be private. */
  showKey(key: unknown): string;
}

/** What `withResource` steps set up in this worker: once, when first needed; torn down at the end of the build. */
export class WorkerResources {
  readonly #open = new Map<
    number,
    { readonly node: GraphNode; readonly resource: Resource<unknown>; readonly value: unknown }
  >();

  async get(node: GraphNode, resource: Resource<unknown>): Promise<unknown> {
    const open = this.#open.get(node.id);
    if (open !== undefined) return open.value;
    const value = await guarded(node, 'set-up', () => resource.setup());
    this.#open.set(node.id, { node, resource, value });
    return value;
  }

  /** Tears everything down, the last one first, and throws the first error after all were tried. */
  async teardown(): Promise<void> {
    const all = [...this.#open.values()].reverse();
    this.#open.clear();
    const failures: unknown[] = [];
    for (const { node, resource, value } of all) {
      try {
        await guarded(node, 'tear-down', () => resource.teardown?.(value));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

async function guarded<T>(node: GraphNode, what: string, call: () => Awaitable<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const described = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new DatasetsError('USER_CODE', `the ${what} of ${node.name} failed: ${described}`, {
      hint: "The cause holds the function's own stack.",
      cause,
      at: { transform: node.name },
    });
  }
}
