import { z } from 'zod';
import { outputFormats } from '../../core/config/index.js';
import type { StagedJob } from '../beam/job/submitter.js';

const outputSchema = z.strictObject({
  formats: z.array(z.enum(outputFormats)).readonly(),
  numShards: z.int().exactOptional(),
  maxShardBytes: z.int().exactOptional(),
});

/** What is written: what a build was asked for besides its data set. */
export type JobOutput = z.infer<typeof outputSchema>;

/** Settings that every build on Dataflow needs, and that whoever attaches to the job need not repeat. */
export interface JobPlace {
  readonly temp: string;
  readonly image: string;
}

/** What a job of ours says of itself among its pipeline options, for people and for whoever finds it later. */
export interface JobAccount {
  /** `product_a/men:1.2.0` */
  readonly reference: string;
  readonly registry: string;
  /** Two jobs of the same one give the same version. */
  readonly identity: string;
  readonly output: JobOutput;
  readonly staged: StagedJob;
  /** The job's own settings. */
  readonly place: JobPlace;
}

const names = {
  reference: 'ailab_datasets_reference',
  registry: 'ailab_datasets_registry',
  identity: 'ailab_datasets_identity',
  output: 'ailab_datasets_output',
  workLocation: 'ailab_datasets_work_location',
  name: 'ailab_datasets_job',
  digest: 'ailab_datasets_job_sha256',
  temp: 'temp_location',
  image: 'image',
} as const;

export function optionsOfAccount(account: JobAccount): Readonly<Record<string, string>> {
  const { reference, registry, identity, output, staged, place } = account;
  return {
    [names.reference]: reference,
    [names.registry]: registry,
    [names.identity]: identity,
    [names.output]: JSON.stringify(output),
    [names.workLocation]: staged.workLocation,
    [names.name]: staged.name,
    [names.digest]: staged.digest,
    [names.temp]: place.temp,
    [names.image]: place.image,
  };
}

/** Anybody can give a job options of these names. */
const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    context.addIssue({ code: 'custom', message: 'is no JSON' });
    return z.NEVER;
  }
});

const accountSchema = z
  .object({
    [names.reference]: z.string(),
    [names.registry]: z.string(),
    [names.identity]: z.string(),
    [names.output]: jsonText.pipe(outputSchema),
    [names.workLocation]: z.string(),
    [names.name]: z.string(),
    [names.digest]: z.string(),
    [names.temp]: z.string(),
    [names.image]: z.string(),
  })
  .transform(
    (options): JobAccount => ({
      reference: options[names.reference],
      registry: options[names.registry],
      identity: options[names.identity],
      output: options[names.output],
      staged: { workLocation: options[names.workLocation], name: options[names.name], digest: options[names.digest] },
      place: { temp: options[names.temp], image: options[names.image] },
    }),
  );

/** Undefined for a job of somebody else, and of a release that said other things. */
export function accountOfOptions(options: Readonly<Record<string, string>>): JobAccount | undefined {
  return accountSchema.safeParse(options).data;
}
