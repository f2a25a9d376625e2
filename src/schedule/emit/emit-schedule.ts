import { join, resolve } from 'node:path';
import type { ResolvedConfig } from '../../core/config/index.js';
import { checkOptions } from './check-options.js';
import type { EmitScheduleOptions } from './emit-options.js';
import { compareFiles, type EmittedText, writeFiles } from './emitted-files.js';
import { commandOf } from './origin-command.js';
import { type ScheduledJob, scheduledJobs } from './scheduled-jobs.js';
import { targets } from './targets/targets.js';

/** Files of a scheduler, as they would be, and as they lie there. */
export interface EmittedSchedule {
  readonly directory: string;
  readonly jobs: readonly ScheduledJob[];
  readonly files: readonly EmittedText[];
  /** Whether the folder holds just these files, each as it would be written now. */
  readonly upToDate: boolean;
  /** What comes next, as command lines. */
  readonly next: readonly string[];
}

/**
 * What a scheduler needs to rebuild a project's data sets at the times that their builders declare. Data sets with the same schedule share a job. The same project and options give the same bytes; nothing is
 * written.
 *
 * @example
 * ```ts
 * const { files } = await planSchedule(await loadConfig(), { target: 'cron', projectFolder: '/srv/datasets' });
 * ```
 */
export async function planSchedule(config: ResolvedConfig, options: EmitScheduleOptions): Promise<EmittedSchedule> {
  const target = targets[options.target];
  checkOptions(target, config, options);
  const jobs = await scheduledJobs(config);
  const directory = options.directory ?? join(config.projectDirectory, target.folder);
  const files = await target.files({ jobs, options, config, command: commandOf(options) });
  const compared = await compareFiles(
    resolve(directory),
    files,
    `ailab-datasets schedule emit --target ${options.target}`,
  );
  return {
    directory,
    jobs,
    files: compared,
    upToDate: compared.every(({ state }) => state === 'same'),
    next: target.next(directory),
  };
}

/**
 * Writes what `planSchedule` says, and removes files of the same target that no schedule needs any more. Emitted again, files that nobody edited are replaced.
 *
 * @param force whether files that were edited by hand, or that something else wrote, are written over
 * @example
 * ```ts
 * await emitSchedule(await loadConfig(), { target: 'cron', projectFolder: '/srv/datasets' });
 * ```
 */
export async function emitSchedule(
  config: ResolvedConfig,
  options: EmitScheduleOptions,
  force = false,
): Promise<EmittedSchedule> {
  const planned = await planSchedule(config, options);
  await writeFiles(planned.files, force);
  return planned;
}
