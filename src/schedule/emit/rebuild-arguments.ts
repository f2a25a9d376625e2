import type { ScheduledJob } from './scheduled-jobs.js';

/** Who reads the log: people in mail and on web pages, or Cloud Logging. */
export type LogReader = 'text' | 'gcp';

/** What a job tells `ailab-datasets` to do. */
export function rebuildArguments(
  { datasets }: Pick<ScheduledJob, 'datasets'>,
  registry: string | undefined,
  logFormat: LogReader,
): readonly string[] {
  return [
    'rebuild',
    ...datasets,
    ...(registry === undefined ? [] : ['--registry', registry]),
    '--log-format',
    logFormat,
  ];
}
