import { z } from 'zod';

/** What was extracted of an archive, as it is noted beside the files. */
export const stagedMembers = z.strictObject({
  /** Of the archive. */
  stamp: z.string(),
  members: z.array(z.strictObject({ path: z.string(), bytes: z.int(), file: z.string() })),
});
export type StagedMembers = z.infer<typeof stagedMembers>;
