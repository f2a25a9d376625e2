import { DatasetsError } from '../../../core/errors/index.js';
import type { Json } from '../../../core/json/index.js';
import { longestHostedMinutes, releases, usualRunner } from '../../github/actions.js';
import { googleSteps, permissions, projectSteps, secretEnvironment } from '../../github/steps.js';
import type { EmitScheduleOptions } from '../emit-options.js';
import { rebuildArguments } from '../rebuild-arguments.js';
import type { ScheduledJob } from '../scheduled-jobs.js';
import { sealText } from '../sealed-text.js';
import { shellLine } from '../shell-words.js';
import { yamlText } from '../yaml-text.js';
import type { Target } from './target.js';

const about = [
  'Rebuilds the data sets of this project that share a schedule. The time is one of the zone that stands beside it; GitHub may start late when it is busy.',
];

/** A workflow for each schedule: one for several could not tell two zones apart by `github.event.schedule`. */
export const githubActions: Target = {
  folder: '.github/workflows',
  needs: [],
  takes: ['workloadIdentityProvider', 'serviceAccount', 'secrets', 'runsOn'],
  isRemote: true,
  files: ({ jobs, options, command }) => {
    for (const job of jobs) refuseTooOften(job);
    return Promise.all(
      jobs.map(async (job) => ({
        name: `${job.name}.yml`,
        text: sealText({ about, command }, await yamlText(workflow(job, options), comments, releases)),
      })),
    );
  },
  next: (folder) => [`git add ${shellLine([folder])}`],
};

const comments = {
  'on.workflow_dispatch': 'By hand, when a night was missed: what is up to date is left as it is.',
  concurrency: 'A run that is not over when the next is due is waited for.',
};

function workflow(job: ScheduledJob, options: EmitScheduleOptions): Json {
  const { registry, secrets = [], runsOn } = options;
  const minutes = Math.ceil(job.timeoutSeconds / 60);
  return {
    name: job.name,
    on: { schedule: [{ cron: job.schedule.cron, timezone: job.schedule.timezone }], workflow_dispatch: null },
    permissions: permissions(options),
    concurrency: { group: job.name, 'cancel-in-progress': false },
    jobs: {
      rebuild: {
        'runs-on': runsOn ?? usualRunner,
        'timeout-minutes': runsOn === undefined ? Math.min(minutes, longestHostedMinutes) : minutes,
        steps: [
          ...projectSteps(),
          ...googleSteps(options),
          {
            name: 'Rebuild',
            ...(secrets.length > 0 && { env: secretEnvironment(secrets) }),
            run: shellLine(['npx', '--no-install', 'ailab-datasets', ...rebuildArguments(job, registry, 'text')]),
          },
        ],
      },
    },
  };
}

/** "The shortest interval you can run scheduled workflows is once every 5 minutes." Minutes of several hours are compared as those of one. */
function refuseTooOften({ schedule, datasets }: ScheduledJob): void {
  const minutes = minutesOf(schedule.cron);
  const gaps = minutes.map((minute, index) => (minutes[index + 1] ?? (minutes[0] ?? 0) + 60) - minute);
  if (Math.min(...gaps) >= 5) return;
  throw new DatasetsError('USAGE', `${datasets.join(', ')}: GitHub Actions starts nothing at ${schedule.cron}`, {
    hint: 'Its shortest interval is five minutes: write */5, or take another scheduler.',
    at: { dataset: datasets[0] ?? '' },
  });
}

function minutesOf(cron: string): readonly number[] {
  const parts = (cron.split(' ')[0] ?? '').split(',');
  const minutes = parts.flatMap((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [first = 0, last = first] = range === '*' ? [0, 59] : range.split('-').map(Number);
    return Array.from(
      { length: Math.floor((last - first) / Number(step)) + 1 },
      (_, index) => first + index * Number(step),
    );
  });
  return [...new Set(minutes)].sort((a, b) => a - b);
}
