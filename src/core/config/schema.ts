import { z } from 'zod';
import { gcsUrlProblem, isGcsUrl, isUrl } from '../location/index.js';
import { type KeepPeriod, keepPeriods } from '../snapshots/index.js';
import { beamSchema } from './beam-schema.js';
import { parseByteSize } from './byte-size.js';
import { dataflowSchema } from './dataflow-schema.js';
import { notificationsSchema } from './notification-schema.js';
import { type DatasetsConfig, outputFormats, runnerNames, type SettingName, warehouseNames } from './settings.js';

const smallestBufferBytes = 64 * 2 ** 10;
const largestBufferBytes = 2 ** 30;

const text = z.string().min(1, 'must not be empty');
/** A URL would otherwise become a local folder of that name. */
const path = text.refine((value) => !isUrl(value), 'must be a local path');

/** Where a registry may lie. */
const place = text.superRefine((value, context) => {
  const problem = isGcsUrl(value) ? gcsUrlProblem(value) : undefined;
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `must ${problem}` });
  else if (isUrl(value) && !isGcsUrl(value)) {
    context.addIssue({ code: 'custom', message: 'must be a directory or gs://bucket/path' });
  }
});

/** A name can't be taken for a path, a URL or a flag. */
const registryName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'must begin with a letter and go on with letters, digits, - and _');

/** A size as a number or as text, of `least` to `most` bytes. */
function byteSize(least: number, most: number) {
  return z
    .union([z.number(), z.string()], { error: 'must be a size like 16MiB, or a number of bytes' })
    .transform((size, context) => {
      const bytes = typeof size === 'number' ? size : parseByteSize(size);
      if (bytes !== undefined && Number.isSafeInteger(bytes) && bytes >= least && bytes <= most) return bytes;
      context.addIssue({
        code: 'custom',
        message: `must be a size like 16MiB, from ${least} to ${most} bytes`,
      });
      return z.NEVER;
    });
}

/** Names that stand between backquotes in SQL. */
const projectName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, 'must be the id of a Google Cloud project');
const tableSetName = z
  .string()
  .regex(/^(?:[A-Za-z0-9][A-Za-z0-9.:-]*\.)?\w+$/, "must be a BigQuery data set's name, or project.name");

/** A cost is said with its unit: a number of bytes is easily one zero too long. */
const sizeInWords = z.string({ error: "must be a size in words, like '2 TiB'" }).transform((size, context) => {
  const bytes = /[a-z]/i.test(size) ? parseByteSize(size) : undefined;
  if (bytes !== undefined && bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: "must be a size in words, like '2 TiB'" });
  return z.NEVER;
});

const bigquery = z.strictObject({
  project: projectName.exactOptional(),
  location: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be a location of BigQuery, like EU or europe-west3')
    .exactOptional(),
  dataset: tableSetName.exactOptional(),
  maximumBytesBilled: sizeInWords.exactOptional(),
  expirationHours: z
    .int()
    .min(1)
    .max(24 * 365)
    .exactOptional(),
  snapshotDays: z
    .int()
    .min(1)
    .max(100 * 365)
    .exactOptional(),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(6 * 3600)
    .exactOptional(),
  readStreams: z.int().min(1).max(1000).exactOptional(),
});

const count = z.int().min(1);
const keepSchema = z
  .strictObject({
    hourly: count.exactOptional(),
    daily: count.exactOptional(),
    weekly: count.exactOptional(),
    monthly: count.exactOptional(),
    yearly: count.exactOptional(),
  } satisfies Record<KeepPeriod, unknown>)
  .refine((keep) => Object.keys(keep).length > 0, 'must name a period: { daily: 30, monthly: 12 }');

/** One layer of settings: the file's, the environment's or the flags'. Unknown keys are refused, sizes become bytes. */
export const settingsSchema = z.strictObject({
  datasets: z.array(path).exactOptional(),
  packages: z.array(text).exactOptional(),
  registry: place.exactOptional(),
  registries: z.record(registryName, place).exactOptional(),
  formats: z.array(z.enum(outputFormats)).min(1, 'must name at least one format').exactOptional(),
  runner: z.enum(runnerNames).exactOptional(),
  warehouse: z.enum(warehouseNames).exactOptional(),
  bigquery: bigquery.exactOptional(),
  beam: beamSchema.exactOptional(),
  dataflow: dataflowSchema.exactOptional(),
  workers: z.int().min(1).max(1024).exactOptional(),
  bufferBytes: byteSize(smallestBufferBytes, largestBufferBytes).exactOptional(),
  maxShardBytes: byteSize(1, Number.MAX_SAFE_INTEGER).exactOptional(),
  manualDirectory: path.exactOptional(),
  cacheDirectory: path.exactOptional(),
  cacheBytes: byteSize(0, Number.MAX_SAFE_INTEGER).exactOptional(),
  maxDownloadBytes: byteSize(0, Number.MAX_SAFE_INTEGER).exactOptional(),
  maxExtractedBytes: byteSize(0, Number.MAX_SAFE_INTEGER).exactOptional(),
  maxExtractionRatio: z.int().min(1).max(1_000_000).exactOptional(),
  maxRetainedBytes: byteSize(0, Number.MAX_SAFE_INTEGER).exactOptional(),
  workDirectory: path.exactOptional(),
  keep: keepSchema.exactOptional(),
  notifications: notificationsSchema.exactOptional(),
}) satisfies z.ZodType<unknown, DatasetsConfig>;

export type Settings = z.infer<typeof settingsSchema>;

/** The names of the parts of settings that have parts. */
export const partNames: Readonly<Record<string, readonly string[]>> = {
  bigquery: Object.keys(bigquery.shape),
  keep: keepPeriods,
  beam: Object.keys(beamSchema.shape),
  dataflow: Object.keys(dataflowSchema.shape),
};
export const settingNames = Object.keys(settingsSchema.shape) as readonly SettingName[];
