import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  autoscalingNames,
  type DataflowConfig,
  type DatasetsConfig,
  dataflowFlags,
  flexrsGoals,
  type ResolvedConfig,
} from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { list, wholeNumber } from './parsers.js';

/** Flags of builds on Dataflow, as commander names them: as the settings, but for those that are given again and again. */
export interface DataflowFlags extends Omit<DataflowConfig, 'labels' | 'serviceOptions' | 'experiments'> {
  readonly label?: Readonly<Record<string, string>>;
  readonly serviceOption?: readonly string[];
  readonly experiment?: readonly string[];
}

/** What becomes of the job, beside its settings. */
export interface SubmissionFlags {
  /** Commander's `--no-wait`. */
  readonly wait?: boolean;
  readonly templateLocation?: string;
}

/** Where a job is: what `attach` needs as well. */
export function addJobPlaceFlags(command: Command): void {
  command
    .option('--project <id>', 'the project that runs the job and pays for it')
    .option('--region <region>', 'where the job runs: europe-west4')
    .option(
      '--impersonate <accounts>',
      'the account to act as towards Dataflow (several: the last one submits, those before it delegate)',
      list,
    );
}

export function addDataflowFlags(command: Command): void {
  command.optionsGroup('With --runner dataflow:');
  addJobPlaceFlags(command);
  command
    .option('--temp <url>', 'gs://bucket/prefix for what is staged, shuffled and written before it is published')
    .option('--image <image>', 'the container image of the workers, which `container emit` makes')
    .option('--service-account <email>', "the account that workers run as (default: Compute Engine's)")
    .option('--network <name>', "the workers' network")
    .option('--subnetwork <subnetwork>', 'regions/REGION/subnetworks/NAME, or the whole URL of one')
    .addOption(new Option('--public-ips', 'workers have public addresses'))
    .addOption(new Option('--no-public-ips', 'workers have none'))
    .option('--kms-key <key>', 'encrypts what Dataflow stores: projects/P/locations/L/keyRings/R/cryptoKeys/K')
    .option('--label <name=value>', 'a label of the job, for bills (repeat it)', label)
    .option('--machine-type <type>', "the workers' machines: n2-standard-8")
    .option('--disk-gb <n>', "size of the workers' disks", wholeNumber(1))
    .option('--disk-type <type>', 'compute.googleapis.com/projects/PROJECT/zones/ZONE/diskTypes/pd-ssd')
    .addOption(new Option('--autoscaling <how>', 'how the number of workers changes').choices(autoscalingNames))
    .option('--num-workers <n>', 'workers at the beginning', wholeNumber(1))
    .option('--max-workers <n>', 'most workers', wholeNumber(1))
    .addOption(new Option('--flexrs <goal>', 'flexible scheduling: begin soon, or cost less').choices(flexrsGoals))
    .option('--worker-region <region>', "the workers' region (default: the job's)")
    .option('--worker-zone <zone>', "the workers' zone")
    .option('--service-option <option>', 'an option of the service: enable_prime (repeat it)', list)
    .option('--experiment <name>', 'an experiment (repeat it)', list)
    .option('--no-wait', 'leave the job to itself when it is submitted; `attach` publishes what it made')
    .option('--template-location <url>', 'write the job to gs://bucket/object in place of running it');
}

/** The flags as settings. */
export function dataflowSettings(flags: DataflowFlags): Pick<DatasetsConfig, 'dataflow'> {
  const { label: labels, serviceOption: serviceOptions, experiment: experiments } = flags;
  const parts = { ...flags, labels, serviceOptions, experiments };
  const dataflow: DataflowConfig = Object.fromEntries(
    Object.keys(dataflowFlags)
      .map((part) => [part, parts[part as keyof typeof parts]] as const)
      .filter(([, value]) => value !== undefined),
  );
  return Object.keys(dataflow).length === 0 ? {} : { dataflow };
}

/** @throws DatasetsError USAGE for flags that another runner would pass over. */
export function checkDataflowFlags(
  flags: DataflowFlags & SubmissionFlags,
  { runner }: Pick<ResolvedConfig, 'runner'>,
): void {
  if (runner === 'dataflow') return;
  const given = [
    ...Object.keys(dataflowSettings(flags).dataflow ?? {}).map((part) => dataflowFlags[part as keyof DataflowConfig]),
    ...(flags.wait === false ? ['--no-wait'] : []),
    ...(flags.templateLocation === undefined ? [] : ['--template-location']),
  ];
  if (given.length === 0) return;
  throw new DatasetsError('USAGE', `${given.join(' and ')} mean nothing to the runner ${runner}`, {
    hint: 'Add --runner dataflow, or leave them out.',
  });
}

/** Collects `team=ads`. */
function label(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be NAME=VALUE.');
  return { ...before, [name]: value };
}
