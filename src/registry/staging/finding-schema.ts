import { z } from 'zod';

/** What guards found in a build; `src/quality/guards/finding.ts` says which there are. */
export const findingSchema = z.object({
  guard: z.string().describe('The rule that was broken: empty-split, count-change, ...'),
  split: z.string().optional(),
  transform: z.string().optional(),
  message: z.string().describe('One sentence, without a full stop.'),
  measured: z.string().describe('In words: 412 examples.'),
  expected: z.string().describe('In words: at least 1,000 examples.'),
});

/** `refused.json` of a staged build. */
export const refusalSchema = z.object({
  refusedAt: z.iso.datetime(),
  contentDigest: z.string(),
  findings: z.array(findingSchema),
});
