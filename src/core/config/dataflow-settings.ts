/** How Dataflow changes the number of workers while a job runs. */
export const autoscalingNames = ['throughput', 'none'] as const;
export type AutoscalingName = (typeof autoscalingNames)[number];

/** What flexible resource scheduling aims at: to begin soon, or to cost less. */
export const flexrsGoals = ['speed', 'cost'] as const;
export type FlexrsGoal = (typeof flexrsGoals)[number];

/**
 * How builds run on Google Cloud Dataflow. The first four are needed by every build there; what else is left out, Dataflow chooses.
 *
 * Named as Beam's own SDKs name them: https://cloud.google.com/dataflow/docs/reference/pipeline-options.
 */
export interface DataflowConfig {
  /** The project that runs the job and pays for it. */
  readonly project?: string;
  /** Where the job runs: `europe-west4`. */
  readonly region?: string;
  /** `gs://bucket/prefix` for what is staged, shuffled and written before it is published. */
  readonly temp?: string;
  /** The container image of the workers, which `container emit` makes: `europe-docker.pkg.dev/our-project/datasets/worker:4f1c`. */
  readonly image?: string;
  /** The account that the workers run as. Default: Compute Engine's. */
  readonly serviceAccount?: string;
  /** Accounts that the submitter acts as towards Dataflow: the last one submits, those before it delegate. */
  readonly impersonate?: readonly string[];
  readonly network?: string;
  /** `regions/REGION/subnetworks/NAME`, or the whole URL of one in another project. */
  readonly subnetwork?: string;
  /** Whether workers have public addresses. */
  readonly publicIps?: boolean;
  /** The key that encrypts what Dataflow stores: `projects/P/locations/L/keyRings/R/cryptoKeys/K`. */
  readonly kmsKey?: string;
  /** Labels of the job, for bills. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The machines of the workers: `n2-standard-8`. A builder's `resources.machineType` wins over it. */
  readonly machineType?: string;
  readonly diskGb?: number;
  /** `compute.googleapis.com/projects/PROJECT/zones/ZONE/diskTypes/pd-ssd` */
  readonly diskType?: string;
  readonly autoscaling?: AutoscalingName;
  /** Workers at the beginning. */
  readonly numWorkers?: number;
  readonly maxWorkers?: number;
  readonly flexrs?: FlexrsGoal;
  /** The region of the workers, where it isn't that of the job; or their zone. */
  readonly workerRegion?: string;
  readonly workerZone?: string;
  /** Service options, as Dataflow's documentation lists them: `enable_prime`. */
  readonly serviceOptions?: readonly string[];
  readonly experiments?: readonly string[];
}

/** What each part is called on the command line. */
export const dataflowFlags: { readonly [Part in keyof DataflowConfig]-?: string } = {
  project: '--project',
  region: '--region',
  temp: '--temp',
  image: '--image',
  serviceAccount: '--service-account',
  impersonate: '--impersonate',
  network: '--network',
  subnetwork: '--subnetwork',
  publicIps: '--no-public-ips',
  kmsKey: '--kms-key',
  labels: '--label',
  machineType: '--machine-type',
  diskGb: '--disk-gb',
  diskType: '--disk-type',
  autoscaling: '--autoscaling',
  numWorkers: '--num-workers',
  maxWorkers: '--max-workers',
  flexrs: '--flexrs',
  workerRegion: '--worker-region',
  workerZone: '--worker-zone',
  serviceOptions: '--service-option',
  experiments: '--experiment',
};
