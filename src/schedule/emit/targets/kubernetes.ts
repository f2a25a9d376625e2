import type { Json } from '../../../core/json/index.js';
import type { EmitScheduleOptions } from '../emit-options.js';
import { rebuildArguments } from '../rebuild-arguments.js';
import type { ScheduledJob } from '../scheduled-jobs.js';
import { sealText } from '../sealed-text.js';
import { shellLine } from '../shell-words.js';
import { yamlText } from '../yaml-text.js';
import type { Target } from './target.js';

/** The Secret whose keys are the environment variables that hold secrets. */
const secretName = 'ailab-datasets';

const about = [
  'CronJobs that rebuild the data sets of this project. Kubernetes 1.27 and newer knows time zones.',
  'The image is the one of `ailab-datasets container emit`: its program `ailab-datasets` is on the PATH.',
];

/** CronJobs: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
export const kubernetes: Target = {
  folder: 'deploy/kubernetes',
  needs: ['image'],
  takes: ['namespace', 'serviceAccount', 'secrets'],
  isRemote: true,
  files: async ({ jobs, options, command }) => {
    const documents = await Promise.all(jobs.map((job) => yamlText(cronJob(job, options), comments)));
    return [
      { name: 'rebuild.yaml', text: sealText({ about, command }, documents.map((text) => `---\n${text}`).join('')) },
    ];
  },
  next: (folder) => [
    `kubectl apply --prune --selector ${partOf} --prune-allowlist batch/v1/CronJob --filename ${shellLine([`${folder}/rebuild.yaml`])}`,
  ],
};

const containerName = 'rebuild';
/** Where a pod keeps what it stages and caches. */
const scratch = '/scratch';

const labels = { 'app.kubernetes.io/part-of': 'ailab-datasets', 'app.kubernetes.io/component': 'rebuild' };
const partOf = Object.entries(labels)
  .map(([name, value]) => `${name}=${value}`)
  .join(',');

const comments = {
  'spec.concurrencyPolicy': 'A run that is not over when the next is due: the next one does what it leaves.',
  'spec.startingDeadlineSeconds': 'A controller that was down starts what it missed by less.',
  'spec.jobTemplate.spec.activeDeadlineSeconds': 'From the timeouts of the data sets.',
  'spec.jobTemplate.spec.podFailurePolicy':
    'rebuild itself tries again what may be tried again: what it gives up (exit codes 1 to 4) is not run once more; a node that goes away is nobody’s fault.',
};

function cronJob(
  job: ScheduledJob,
  { image = '', registry, namespace, serviceAccount, secrets = [] }: EmitScheduleOptions,
): Json {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: job.name, ...(namespace !== undefined && { namespace }), labels },
    spec: {
      schedule: job.schedule.cron,
      timeZone: job.schedule.timezone,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 7,
      jobTemplate: {
        spec: {
          activeDeadlineSeconds: job.timeoutSeconds,
          backoffLimit: 2,
          podFailurePolicy: {
            rules: [
              { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
              { action: 'FailJob', onExitCodes: { containerName, operator: 'In', values: [1, 2, 3, 4] } },
            ],
          },
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: 'Never',
              ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
              // A build that is asked to stop leaves what it has finished; that takes a moment.
              terminationGracePeriodSeconds: 120,
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 1000,
                fsGroup: 1000,
                seccompProfile: { type: 'RuntimeDefault' },
              },
              containers: [
                {
                  name: containerName,
                  image,
                  command: ['ailab-datasets'],
                  args: [...rebuildArguments(job, registry, 'gcp')],
                  env: environment(job, secrets),
                  resources: resourcesOf(job),
                  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
                  volumeMounts: [{ name: 'scratch', mountPath: scratch }],
                },
              ],
              volumes: [
                {
                  name: 'scratch',
                  emptyDir: job.diskBytes === undefined ? {} : { sizeLimit: quantity(job.diskBytes) },
                },
              ],
            },
          },
        },
      },
    },
  };
}

function environment({ cpuCount }: ScheduledJob, secrets: readonly string[]): Json {
  return [
    { name: 'AILAB_DATASETS_CACHE_DIR', value: scratch },
    // Node counts the processors of the machine, not those of the container.
    ...(cpuCount === undefined ? [] : [{ name: 'AILAB_DATASETS_WORKERS', value: String(cpuCount) }]),
    ...secrets.map((name) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key: name } } })),
  ];
}

/** What the builders say is asked for, and no more memory and disk is had. Processors have no limit: one would only slow a build down. */
function resourcesOf({ cpuCount, memoryBytes, diskBytes }: ScheduledJob): Json {
  const bounded = {
    ...(memoryBytes !== undefined && { memory: quantity(memoryBytes) }),
    ...(diskBytes !== undefined && { 'ephemeral-storage': quantity(diskBytes) }),
  };
  return {
    requests: { cpu: String(cpuCount ?? 1), memory: '2Gi', ...bounded },
    ...(Object.keys(bounded).length > 0 && { limits: bounded }),
  };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
function quantity(bytes: number): string {
  if (bytes % 2 ** 30 === 0) return `${bytes / 2 ** 30}Gi`;
  return bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}Mi` : String(bytes);
}
