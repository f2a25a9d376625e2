import { z } from 'zod';
import { gcsUrlProblem, isGcsUrl } from '../location/index.js';
import { autoscalingNames, type DataflowConfig, flexrsGoals } from './dataflow-settings.js';

const mostWorkers = 4000;

/** What can stand in an option without meaning something else: no blanks, no commas. */
const word = z.string().regex(/^[^\s,]+$/, 'must be a word without blanks and commas');
const account = z.string().regex(/^[^\s@,]+@[^\s@,]+$/, 'must be the address of a service account');
const region = z.string().regex(/^[a-z]+(?:-[a-z]+)+\d+$/, 'must be a region like europe-west4');

const gcsPlace = z.string().superRefine((value, context) => {
  const problem = isGcsUrl(value) ? gcsUrlProblem(value) : 'be gs://bucket/prefix';
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `must ${problem}` });
});

/** As the API's Job.labels says (dataflow/v1beta3/jobs.proto). */
const labelKey = z
  .string()
  .regex(
    /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u,
    'must be a label: at most 63 lower-case letters, digits, _ and -, beginning with a letter',
  );
const labelValue = z
  .string()
  .regex(/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u, 'must be a label: at most 63 lower-case letters, digits, _ and -');

/** Experiments that switch off the portable runner, without which no job of ours runs. Go's and Python's SDKs refuse them as well. */
const disabling = /^(?:disable_runner_v2|disable_prime_runner_v2|disable_portable_runner|enable_streaming_java_runner)/;
const experiment = word.refine((value) => !disabling.test(value), 'must not switch off the portable runner');

/** The parts of the setting `dataflow`, in a file and as flags. */
export const dataflowSchema = z.strictObject({
  project: z
    .string()
    .regex(/^[a-z][a-z0-9.:-]*[a-z0-9]$/, 'must be the id of a Google Cloud project')
    .exactOptional(),
  region: region.exactOptional(),
  temp: gcsPlace.exactOptional(),
  image: z
    .string()
    .regex(/^[A-Za-z0-9][\w./:@-]*$/, 'must be the name of a container image')
    .exactOptional(),
  serviceAccount: account.exactOptional(),
  impersonate: z.array(account).min(1, 'must name an account').exactOptional(),
  network: word.exactOptional(),
  subnetwork: z
    .string()
    .regex(/^(?:https:\/\/\S+\/)?regions\/[^/\s]+\/subnetworks\/[^/\s]+$/, 'must be regions/REGION/subnetworks/NAME')
    .exactOptional(),
  publicIps: z.boolean().exactOptional(),
  kmsKey: z
    .string()
    .regex(
      /^projects\/[^/\s]+\/locations\/[^/\s]+\/keyRings\/[^/\s]+\/cryptoKeys\/[^/\s]+$/,
      'must be projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY',
    )
    .exactOptional(),
  labels: z.record(labelKey, labelValue).exactOptional(),
  machineType: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be a machine type like n2-standard-8')
    .exactOptional(),
  diskGb: z.int().min(1).max(65_536).exactOptional(),
  diskType: z
    .string()
    .regex(
      /^compute\.googleapis\.com\/projects\/[^/\s]*\/zones\/[^/\s]*\/diskTypes\/[a-z0-9-]+$/,
      'must be compute.googleapis.com/projects/PROJECT/zones/ZONE/diskTypes/TYPE',
    )
    .exactOptional(),
  autoscaling: z.enum(autoscalingNames).exactOptional(),
  numWorkers: z.int().min(1).max(mostWorkers).exactOptional(),
  maxWorkers: z.int().min(1).max(mostWorkers).exactOptional(),
  flexrs: z.enum(flexrsGoals).exactOptional(),
  workerRegion: region.exactOptional(),
  workerZone: z
    .string()
    .regex(/^[a-z]+(?:-[a-z]+)+\d+-[a-z]$/, 'must be a zone like europe-west4-a')
    .exactOptional(),
  serviceOptions: z.array(word).exactOptional(),
  experiments: z.array(experiment).exactOptional(),
}) satisfies z.ZodType<unknown, DataflowConfig>;
