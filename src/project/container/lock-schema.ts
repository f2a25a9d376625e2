import { z } from 'zod';

const packageSchema = z.looseObject({
  name: z.string().exactOptional(),
  /** Where it comes from; of a link, the folder that it leads to. */
  resolved: z.string().exactOptional(),
  link: z.boolean().exactOptional(),
  /** `npm ci --omit=dev` doesn't install it. */
  dev: z.boolean().exactOptional(),
});

/** A package, by its place, as package-lock.json has it. */
export type LockedPackage = z.infer<typeof packageSchema>;

/** What is read of a package-lock.json. */
export const lockSchema = z.looseObject({ packages: z.record(z.string(), packageSchema) });

/** What is read of a package.json. */
export const manifestSchema = z.looseObject({ scripts: z.record(z.string(), z.string()).default({}) });
