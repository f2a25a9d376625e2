import type { WrittenFile } from './contract.js';
import type { SortedGroup } from './sorted-groups.js';

/** One file of a shard while it is written. */
export interface ShardOutput {
  /** Adds the rows `order[from .. to)` of a group. */
  add(group: SortedGroup, from: number, to: number): void;
  /** Writes what is left, and closes the file when it is on the disk. */
  finish(): Promise<WrittenFile>;
  /** Closes and removes the file. */
  discard(): void;
}
