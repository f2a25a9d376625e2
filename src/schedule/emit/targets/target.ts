import type { ResolvedConfig } from '../../../core/config/index.js';
import { type EmitScheduleOptions, optionFlags } from '../emit-options.js';
import type { FileText } from '../emitted-files.js';
import type { ScheduledJob } from '../scheduled-jobs.js';

export type TargetOption = keyof typeof optionFlags;
export const targetOptions = Object.keys(optionFlags) as readonly TargetOption[];

export interface TargetInput {
  readonly jobs: readonly ScheduledJob[];
  readonly options: EmitScheduleOptions;
  readonly config: ResolvedConfig;
  /** Which command writes the files, for their first lines. */
  readonly command: string;
}

/** One kind of scheduler. */
export interface Target {
  /** Where its files usually lie, relative to the project's folder, with `/`. */
  readonly folder: string;
  /** What can't be left out; of a list, one is enough. */
  readonly needs: readonly (TargetOption | readonly TargetOption[])[];
  /** What may be said beside. */
  readonly takes: readonly TargetOption[];
  /** Whether jobs run where no folder of this machine is seen. */
  readonly isRemote: boolean;
  /** The same input always gives the same files. */
  files(input: TargetInput): Promise<readonly FileText[]>;
  /** What whoever has the files does with them, one line each; `folder` is where they lie. */
  next(folder: string): readonly string[];
}
