import type { PackedError } from '../../core/errors/index.js';
import type { TaskResult } from '../task/task.js';

/** What a worker knows from its start. */
export interface WorkerStart {
  /** file: URL of the builder's module, so that it can be loaded before there is a task. */
  readonly module: string;
}

/** Errors cross threads as data: structured clone would take their class, code and hint. */
export type WorkerReply =
  | { readonly kind: 'result'; readonly result: TaskResult }
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'error'; readonly error: PackedError };
