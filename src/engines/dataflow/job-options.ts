import type { StagedJob } from '../beam/job/submitter.js';

/** What a job of ours says of itself among its pipeline options, for people and for whoever finds it later. */
export interface JobAccount {
  /** `product_a/men:1.2.0` */
  readonly reference: string;
  readonly registry: string;
  /** Two jobs of the same one give the same version. */
  readonly identity: string;
  readonly staged: StagedJob;
}

const names = {
  reference: 'ailab_datasets_reference',
  registry: 'ailab_datasets_registry',
  identity: 'ailab_datasets_identity',
  workLocation: 'ailab_datasets_work_location',
  name: 'ailab_datasets_job',
  digest: 'ailab_datasets_job_sha256',
} as const;

export function optionsOfAccount({
  reference,
  registry,
  identity,
  staged,
}: JobAccount): Readonly<Record<string, string>> {
  return {
    [names.reference]: reference,
    [names.registry]: registry,
    [names.identity]: identity,
    [names.workLocation]: staged.workLocation,
    [names.name]: staged.name,
    [names.digest]: staged.digest,
  };
}

/** Undefined for a job of somebody else. */
export function accountOfOptions(options: Readonly<Record<string, string>>): JobAccount | undefined {
  const reference = options[names.reference];
  const registry = options[names.registry];
  const identity = options[names.identity];
  const workLocation = options[names.workLocation];
  const name = options[names.name];
  const digest = options[names.digest];
  if (reference === undefined || registry === undefined || identity === undefined) return undefined;
  if (workLocation === undefined || name === undefined || digest === undefined) return undefined;
  return { reference, registry, identity, staged: { workLocation, name, digest } };
}
