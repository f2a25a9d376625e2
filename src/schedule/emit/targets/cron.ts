import { rebuildArguments } from '../rebuild-arguments.js';
import type { ScheduledJob } from '../scheduled-jobs.js';
import { sealText } from '../sealed-text.js';
import { shellLine } from '../shell-words.js';
import type { Target, TargetInput } from './target.js';

/** How long a build that is asked to stop has before it is killed. What it has finished is used by the next one. */
const graceSeconds = 600;

const about = [
  'When the data sets of this project are rebuilt. `crontab FILE` makes it all that the user has.',
  '',
  'POSIX knows no time zones in a crontab. CRON_TZ is cronie’s (Red Hat, Fedora, SUSE, Arch; on Debian and Ubuntu the package cronie), and',
  'counts for the lines below it. Debian’s own cron does not know it, and would take each time for one of the machine’s zone.',
];

/** A crontab of a user. */
export const cron: Target = {
  folder: 'deploy/cron',
  needs: [['projectFolder', 'image']],
  takes: ['secrets'],
  isRemote: false,
  files: async (input) => [
    { name: 'rebuild.crontab', text: sealText({ about, command: input.command }, crontab(input)) },
  ],
  next: (folder) => [`crontab ${shellLine([`${folder}/rebuild.crontab`])}`],
};

function crontab({ jobs, options }: TargetInput): string {
  const zones = [...new Set(jobs.map(({ schedule }) => schedule.timezone))].sort();
  return zones
    .map((zone) => {
      const own = jobs.filter(({ schedule }) => schedule.timezone === zone);
      return `\nCRON_TZ=${zone}\n${own.map((job) => `${line(job, options)}\n`).join('')}`;
    })
    .join('');
}

function line(job: ScheduledJob, { registry, image, projectFolder, secrets = [] }: TargetInput['options']): string {
  const rebuild = rebuildArguments(job, registry, 'text');
  const limit = ['timeout', '--signal=TERM', `--kill-after=${graceSeconds}`, String(job.timeoutSeconds)];
  const command =
    image === undefined
      ? `cd ${shellLine([projectFolder ?? ''])} && ${shellLine([...limit, 'npx', '--no-install', 'ailab-datasets', ...rebuild])}`
      : shellLine([...limit, ...inContainer(image, secrets), ...rebuild]);
  // cron makes a line break of a percent sign.
  return `${job.schedule.cron} ${command.replaceAll('%', '\\%')}`;
}

/** Secrets come from the environment of cron: a name without a value passes its value on. */
function inContainer(image: string, secrets: readonly string[]): readonly string[] {
  const environment = secrets.flatMap((name) => ['--env', name]);
  // `--init` passes signals on, so that a build that is asked to stop does.
  return ['docker', 'run', '--rm', '--init', ...environment, '--entrypoint', 'ailab-datasets', image];
}
