import { z } from 'zod';
import type { Json } from '../../core/json/index.js';
import { isConfigName, isDatasetName, isVersion } from '../../core/names/index.js';
import { reportFormatVersion, reportOutcomes } from './report-name.js';

const count = z.int().nonnegative();
const seconds = z.number().nonnegative();
const json: z.ZodType<Json> = z.any();
const texts = z.record(z.string(), z.string());
const time = z.iso.datetime();

const stage = z.object({
  name: z.string(),
  phase: z.string().optional(),
  tasks: count,
  /** Undefined for a stage that did not end. */
  rows: count.optional(),
  bytes: count.optional().describe('What it was to read, where that was known before.'),
  seconds: seconds.optional(),
});

const source = z.object({
  uri: z.string(),
  bytes: count.optional(),
  digest: z.string().optional(),
  bytesProcessed: count.optional(),
  bytesBilled: count.optional().describe('Of a query; of a job that was joined, what it had cost.'),
  badRows: count.optional(),
});

/** What became of one build: `.builds/<name>/[<config>/]<version>/<id>.<outcome>.json`. Holds no value of the data, no secret and nothing of the environment but what is listed here. */
export const buildReportSchema = z.object({
  formatVersion: z.literal(reportFormatVersion),
  id: z.string(),
  reference: z.string().describe('product_a/men:1.2.0'),
  name: z.string().refine(isDatasetName, 'is no name of a data set'),
  config: z.string().refine(isConfigName, 'is no name of a config').optional(),
  version: z.string().refine(isVersion, 'is no version'),
  outcome: z.enum(reportOutcomes),
  buildId: z.string().optional().describe('As builds list shows a build that runs.'),
  startedAt: time,
  endedAt: time,
  seconds,
  actor: z.string(),
  host: z.string(),
  pid: count,
  sdkVersion: z.string(),
  environment: z.object({
    node: z.string(),
    v8: z.string(),
    icu: z.string(),
    unicode: z.string(),
    locale: z.string(),
    timeZone: z.string(),
    platform: z.string(),
    architecture: z.string(),
    processors: count,
    memoryBytes: count,
  }),
  git: z
    .object({
      commit: z.string().optional().describe('Undefined before the first commit.'),
      branch: z.string().optional().describe('Undefined where none is checked out.'),
      dirty: z.boolean(),
      files: z.array(z.string()).describe('Changed and untracked files by their names, the first ones.'),
      moreFiles: count,
    })
    .optional()
    .describe("The checkout that holds the builder's module."),
  packages: texts.optional().describe("Version and integrity of the packages that the builder's code imports."),
  settings: z.record(z.string(), z.object({ value: json, from: z.string() })),
  options: z.record(z.string(), json).describe('What was asked of this build alone.'),
  snapshotTime: time.optional(),
  seeds: z.record(z.string(), z.number()).describe('Numbers that p.once gave under a name that ends with seed.'),
  facts: texts.describe('Digests of all that p.once gave.'),
  stages: z.array(stage),
  counters: z.record(z.string(), z.number()),
  units: z.object({ reused: count, run: count, redone: count }).optional(),
  sources: z.array(source),
  upstream: z.array(z.object({ reference: z.string(), contentDigest: z.string().optional() })),
  bytesRead: count,
  bytesBilled: count,
  peakMemoryBytes: count.describe('Largest resident set of the process up to then, its threads included.'),
  engine: z.record(z.string(), json),
  job: z
    .object({ service: z.string(), id: z.string(), url: z.string().optional() })
    .optional()
    .describe('Where a service did the build.'),
  splits: z.array(z.object({ name: z.string(), examples: count, shards: count, contentDigest: z.string() })),
  files: z.object({ count, bytes: count }).optional(),
  contentDigest: z.string().optional(),
  fingerprint: z.string().optional(),
  imageEncoders: texts.optional(),
  warnings: z.array(z.string()),
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      hint: z.string().optional(),
      at: z.record(z.string(), z.union([z.string(), z.number()])),
    })
    .optional(),
  log: z.object({
    first: z.array(z.object({ time, text: z.string() })),
    omitted: count.describe('Lines between the first and the last ones.'),
    last: z.array(z.object({ time, text: z.string() })),
  }),
});
