import { DatasetsError, type ErrorLocation } from '../../core/errors/index.js';
import type { GraphNode } from '../../pipeline/index.js';
import type { Lane } from './lane.js';
import { type Position, type Positioned, positionText } from './positions.js';

/** How many results may be awaited, or wait behind one that is, before the source pauses. */
export const maxPending = 64;

export interface TaskContextOptions {
  /** Shows a key in a message; private ones as the prefix of a hash. */
  readonly showKey: (key: unknown) => string;
  /** Whether another task failed or the build was interrupted. */
  readonly isAborted: () => boolean;
}

/** What the steps of one task share: where the current element came from, what is awaited, how errors are worded. */
export class TaskContext {
  /** What the current element was read from, and its place in it. Set by the source loop, read only when something fails. */
  source: Positioned | undefined;
  index = 0;
  /** Entries in all lanes. */
  pending = 0;
  /** Set when every output has enough: whoever reads for this task stops. */
  stopped = false;
  readonly #options: TaskContextOptions;
  readonly #lanes: Lane[] = [];
  readonly #batches: StepBatch[] = [];
  /** Errors that already say where they happened. */
  readonly #located = new WeakSet<object>();

  constructor(options: TaskContextOptions) {
    this.#options = options;
  }

  addLane(lane: Lane): void {
    this.#lanes.push(lane);
    this.#lanes.sort((a, b) => b.order - a.order);
  }

  addBatch(batch: StepBatch): void {
    this.#batches.push(batch);
    this.#batches.sort((a, b) => a.order - b.order);
  }

  /** How many elements the batch lacks that lacks most; 0 when none is half full. */
  missingInBatches(): number {
    return this.#batches.reduce((most, batch) => Math.max(most, batch.missing()), 0);
  }

  mark(): Position {
    return { source: this.source, index: this.index };
  }

  moveTo({ source, index }: Position): void {
    this.source = source;
    this.index = index;
  }

  /** Whether steps after `order` have room for more results. */
  hasRoomAfter(order: number): boolean {
    if (this.pending < maxPending) return true;
    let after = 0;
    for (const lane of this.#lanes) if (lane.order > order) after += lane.length;
    return after < maxPending;
  }

  /** Waits until at most `limit` results are pending; what is furthest down the stage goes first. */
  async drain(limit: number): Promise<void> {
    const here = this.mark();
    while (this.pending > limit) {
      this.throwIfAborted();
      const lane = this.#lanes.find((candidate) => candidate.length > 0);
      if (lane === undefined) break;
      await lane.step();
    }
    this.moveTo(here);
  }

  /** The end of a source shard or partition: everything that is awaited or collected is passed on. */
  async endOfUnit(): Promise<void> {
    if (this.pending > 0) await this.drain(0);
    for (const { flush } of this.#batches) {
      flush();
      if (this.pending > 0) await this.drain(0);
    }
  }

  /** Lets the author's generators clean up after a failure. */
  close(): void {
    for (const lane of this.#lanes) lane.close();
  }

  throwIfAborted(): void {
    if (this.#options.isAborted()) throw new TaskAborted();
  }

  /** The error for an exception in the author's code. */
  userError(node: GraphNode, cause: unknown, key: unknown, position: Position = this.mark()): unknown {
    if (this.#isLocated(cause)) return cause;
    const described = cause instanceof Error ? `${cause.name}: ${cause.message}` : `${String(cause)} was thrown`;
    const at = this.#location(node, key, position);
    if (cause instanceof DatasetsError) {
      const message = `${node.name} failed: ${cause.message}${this.#suffix(at)}`;
      return this.#mark(
        new DatasetsError(cause.code, message, { ...hintOf(cause), cause, at: { ...cause.at, ...at } }),
      );
    }
    return this.#mark(
      new DatasetsError('USER_CODE', `${node.name} failed: ${described}${this.#suffix(at)}`, {
        hint: "The cause holds the function's own stack. `--runner inline --max-examples-per-split` makes it easy to debug.",
        cause,
        at,
      }),
    );
  }

  /** The error for an element that a step made and that can't be stored. */
  outputError(node: GraphNode, cause: unknown, key: unknown): unknown {
    if (!(cause instanceof DatasetsError) || this.#isLocated(cause)) return cause;
    const at = this.#location(node, key, this.mark());
    const subject = cause.code === 'VALUE_UNSUPPORTED' ? `an element of ${node.name}: ` : '';
    const known = cause.at.source === undefined && at.source !== undefined ? ` (from ${at.source})` : '';
    const error = new DatasetsError(cause.code, `${subject}${cause.message}${known}`, {
      ...hintOf(cause),
      cause: cause.cause,
      at: { ...at, ...cause.at },
    });
    return this.#mark(error);
  }

  showKey(key: unknown): string {
    return this.#options.showKey(key);
  }

  #location(node: GraphNode, key: unknown, position: Position): ErrorLocation {
    const source = positionText(position);
    return {
      transform: node.name,
      ...(key === undefined ? {} : { key: this.showKey(key) }),
      ...(source === undefined ? {} : { source }),
    };
  }

  #suffix(at: ErrorLocation): string {
    const parts = [at.key === undefined ? '' : `key ${at.key}`, at.source ?? ''].filter((part) => part !== '');
    return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  }

  #mark(error: DatasetsError): DatasetsError {
    this.#located.add(error);
    return error;
  }

  #isLocated(error: unknown): boolean {
    return error instanceof TaskAborted || (typeof error === 'object' && error !== null && this.#located.has(error));
  }
}

function hintOf(error: DatasetsError): { readonly hint?: string } {
  return error.hint === undefined ? {} : { hint: error.hint };
}

/** Elements that a step, or what follows the stage, collects before it passes them on. */
export interface StepBatch {
  /** Where in the stage it is. */
  readonly order: number;
  /** Called at the end of every source shard or partition. */
  flush(): void;
  /** How many elements it lacks; 0 when it is empty. */
  missing(): number;
}

/** Thrown inside a task that stops because the build does; never shown. */
export class TaskAborted extends Error {
  constructor() {
    super('the build was stopped');
    this.name = 'TaskAborted';
  }
}
