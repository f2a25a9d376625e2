import type { ResolvedConfig } from '../../../core/config/index.js';
import { lineageGroups } from '../lineage-groups.js';
import { rebuildArguments } from '../rebuild-arguments.js';
import type { ScheduledJob } from '../scheduled-jobs.js';
import { sealText } from '../sealed-text.js';
import { shellLine } from '../shell-words.js';
import { yamlText } from '../yaml-text.js';
import { rebuildWorkflow } from './rebuild-workflow.js';
import type { Target, TargetInput } from './target.js';

const workflow = 'ailab-datasets-rebuild';

const about = [
  'Rebuilds data sets by custom jobs of Vertex AI, in the image of `ailab-datasets container emit`: one for each branch that it is given, side by side.',
  'A job that is late is cancelled. To cancel a run with its jobs, start this workflow with {"cancel": "<id of the execution>"}: an execution that is',
  'cancelled in any other way runs no step more, and its jobs end by their own timeout.',
];
const aboutDeployment = [
  'Deploys the workflow, and a job of Cloud Scheduler for each schedule of the builders. May be run again: bash deploy.sh',
];

/** Cloud Scheduler starts a workflow of Cloud Workflows, which runs jobs on Vertex AI. */
export const cloudWorkflows: Target = {
  folder: 'deploy/cloud-workflows',
  needs: ['googleProject', 'region', 'image', 'serviceAccount'],
  takes: [],
  isRemote: true,
  files: async (input) => {
    const { image = '', googleProject = '', region = '', serviceAccount = '' } = input.options;
    const place = { project: googleProject, region, image, serviceAccount, workflow };
    return [
      {
        name: 'rebuild.workflow.yaml',
        text: sealText({ about, command: input.command }, await yamlText(rebuildWorkflow(place))),
      },
      {
        name: 'deploy.sh',
        text: sealText({ about: aboutDeployment, command: input.command }, await deployment(input)),
      },
    ];
  },
  next: (folder) => [shellLine(['bash', `${folder}/deploy.sh`])],
};

async function deployment({ jobs, options, config }: TargetInput): Promise<string> {
  const { googleProject = '', region = '', serviceAccount = '' } = options;
  const place = ['--project', googleProject, '--location', region];
  const uri = `https://workflowexecutions.googleapis.com/v1/projects/${googleProject}/locations/${region}/workflows/${workflow}/executions`;
  const schedules = await Promise.all(
    jobs.map(async (job) => {
      const argument = JSON.stringify({
        timeoutSeconds: job.timeoutSeconds,
        branches: await branches(job, options, config),
      });
      const flags = [
        ...place,
        ...['--schedule', job.schedule.cron, '--time-zone', job.schedule.timezone],
        ...['--uri', uri, '--http-method', 'POST', '--message-body', JSON.stringify({ argument })],
        ...['--oauth-service-account-email', serviceAccount],
      ];
      const verb = (word: string): string =>
        shellLine(['gcloud', 'scheduler', 'jobs', word, 'http', job.name, ...flags]);
      const known = shellLine(['gcloud', 'scheduler', 'jobs', 'describe', job.name, ...place]);
      return `\nif ${known} > /dev/null 2>&1; then\n  ${verb('update')}\nelse\n  ${verb('create')}\nfi\n`;
    }),
  );
  const deploy = ['gcloud', 'workflows', 'deploy', workflow, ...place, '--source', 'rebuild.workflow.yaml'];
  return `set -eu\ncd "$(dirname "$0")"\n${shellLine([...deploy, '--service-account', serviceAccount])}\n${schedules.join('')}`;
}

/** What is made from nothing in common runs side by side. */
async function branches(job: ScheduledJob, { registry }: TargetInput['options'], config: ResolvedConfig) {
  const groups = await lineageGroups(job.datasets, config);
  return groups.map((datasets, index) => ({
    name: groups.length === 1 ? job.name : `${job.name}-${index + 1}`,
    args: rebuildArguments({ datasets }, registry, 'gcp'),
    machineType: job.machineType ?? machineTypeFor(job),
    diskGib: Math.max(100, Math.ceil((job.diskBytes ?? 0) / 2 ** 30)),
    timeoutSeconds: Math.min(job.timeoutSeconds, longestJobSeconds),
  }));
}

/** Vertex AI ends jobs after a week. */
const longestJobSeconds = 7 * 24 * 3600;

const sizes = [2, 4, 8, 16, 32, 48, 64, 80];

/** The smallest of the family n2 that has enough: 4 GiB a processor (standard), or 8 (highmem). https://cloud.google.com/compute/docs/general-purpose-machines */
function machineTypeFor({ cpuCount = 4, memoryBytes = 0 }: ScheduledJob): string {
  const fits = (gibPerCpu: number) =>
    sizes.find((size) => size >= cpuCount && size * gibPerCpu * 2 ** 30 >= memoryBytes);
  const standard = fits(4);
  const highmem = fits(8) ?? 80;
  return standard !== undefined && standard <= highmem ? `n2-standard-${standard}` : `n2-highmem-${highmem}`;
}
