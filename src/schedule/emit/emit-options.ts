/** What can start jobs at the times that builders declare. */
export const scheduleTargets = ['cron', 'github-actions', 'kubernetes', 'cloud-workflows'] as const;
export type ScheduleTarget = (typeof scheduleTargets)[number];

export interface EmitScheduleOptions {
  readonly target: ScheduleTarget;
  /** Where the files go, absolute. Default: the folder where the target's files usually lie, in the project. */
  readonly directory?: string;
  /** The registry to rebuild in, as `--registry` takes it: a name, or a place. Default: whatever the configuration says where it runs. */
  readonly registry?: string;
  /** The image that `container emit` is about, pushed somewhere. */
  readonly image?: string;
  /** cron: where the project lies on the machine, absolute. */
  readonly projectFolder?: string;
  /** Environment variables that hold secrets, by name. */
  readonly secrets?: readonly string[];
  /** Kubernetes: the namespace. */
  readonly namespace?: string;
  /** The account of Google Cloud, with Kubernetes the service account, that jobs run as. */
  readonly serviceAccount?: string;
  /** GitHub Actions: the provider that takes its tokens: `projects/1/locations/global/workloadIdentityPools/p/providers/github`. */
  readonly workloadIdentityProvider?: string;
  /** GitHub Actions: the label of runners of one's own. */
  readonly runsOn?: string;
  /** Cloud Workflows: the project of Google Cloud. */
  readonly googleProject?: string;
  /** Cloud Workflows: where workflow, scheduler and jobs run: `europe-west4`. */
  readonly region?: string;
}

/** What is wrong with options is said by their flags: they are what people write. */
export const optionFlags: Readonly<
  Record<Exclude<keyof EmitScheduleOptions, 'target' | 'directory' | 'registry'>, string>
> = {
  image: '--image',
  projectFolder: '--project-folder',
  secrets: '--secret',
  namespace: '--namespace',
  serviceAccount: '--service-account',
  workloadIdentityProvider: '--workload-identity-provider',
  runsOn: '--runs-on',
  googleProject: '--google-project',
  region: '--region',
};
