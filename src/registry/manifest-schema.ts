import { z } from 'zod';
import type { Json } from '../core/json/index.js';
import { isConfigName, isDatasetName, isVersion } from '../core/names/index.js';
import { snapshotPeriods } from '../core/snapshots/index.js';
import { isRelativePath } from '../storage/index.js';
import { currentFormatVersion } from './format-version.js';
import { extractFile, extractFormats, recordFormats } from './layout.js';
import { findingSchema } from './staging/finding-schema.js';

/** What may have written a version that was taken in from outside. */
const externalWriters = ['tfds', 'hugging-face', 'parquet', 'tfrecord', 'arrow'] as const;

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('sha256, lower-case hex');
const crc32c = z
  .string()
  .regex(/^[A-Za-z0-9+/]{6}==$/)
  .describe('CRC-32C as Google Cloud Storage shows it: base64 of four big-endian bytes.');
const count = z.int().nonnegative();
const json: z.ZodType<Json> = z.any();
const file = z.object({
  path: z
    .string()
    .refine(isRelativePath, 'leaves the directory of the version')
    .describe("Relative to the version's directory, with /."),
  format: z.enum([...recordFormats, 'index', 'metadata']),
  bytes: count,
  sha256,
  crc32c,
  split: z.string().optional(),
  shard: count.optional(),
  examples: count.optional(),
});
const split = z.object({
  name: z.string(),
  examples: count,
  exampleBytes: count.describe("Sum of the tf.Examples' sizes: tfds' num_bytes."),
  contentDigest: sha256.describe('Over key hashes and leaves in order; independent of shards and formats.'),
  shards: z.array(z.object({ examples: count, exampleBytes: count })),
});
const extractedFile = z
  .object({
    path: z.string().describe("Relative to the data set's folder, with /: .extracts/<sha256>.<format>."),
    bytes: count,
    sha256,
    crc32c,
    rows: count,
  })
  .refine(
    ({ path, sha256 }) => extractFormats.some((format) => path === extractFile(sha256, format)),
    'is not called by its sha256',
  );
const extract = z.object({
  of: sha256.describe('Over query, parameters, declared types and tables: a build with another one runs its query.'),
  format: z.enum(extractFormats),
  integers: z.array(z.string()).optional().describe('Columns that hold integers of more than 64 bits, as text.'),
  inputs: z.array(z.string()).optional().describe('The sources that the query read.'),
  privateReason: z.string().optional().describe('Why personal data in it may be kept.'),
  files: z.array(extractedFile).describe('In the order of their rows.'),
});
const tableSnapshot = z.object({
  of: sha256,
  table: z.string(),
  expires: z.iso.datetime(),
  inputs: z.array(z.string()).optional(),
  privateReason: z.string().optional(),
});
const source = z.object({
  uri: z.string(),
  bytes: count.optional(),
  digest: z.string().optional().describe('sha256 in hex, or another digest with its name before a colon.'),
  modified: z.string().optional(),
  query: z
    .object({
      job: z.string(),
      bytesProcessed: count,
      bytesBilled: count,
      result: z.string().describe('The table that held the result.'),
      expires: z.iso.datetime().describe('When that table is deleted.'),
      snapshotTime: z.iso.datetime().optional().describe('The state of the tables that were read.'),
    })
    .optional()
    .describe('How a warehouse made it.'),
  extracts: z.array(extract).optional().describe('What a query gave, where that is kept.'),
  tableSnapshots: z
    .array(tableSnapshot)
    .optional()
    .describe('The tables of the warehouse that keep what a query gave.'),
  badRows: count.optional().describe('Malformed rows of it that were left out.'),
});
const datasetName = z.string().refine(isDatasetName, 'is no name of a data set');
const configName = z.string().refine(isConfigName, 'is no name of a config');
const version = z.string().refine(isVersion, 'is no version');
const upstream = z.object({
  name: datasetName,
  config: configName.optional(),
  version,
  contentDigest: sha256.optional(),
  reference: z.string().optional().describe('As the builder named it: product_b:1.*.*'),
  registry: z
    .string()
    .optional()
    .describe('Where that is not the registry that this version was built into: as the builder named it.'),
  split: z.string().optional().describe('The split expression that was read.'),
});

/** `manifest.json`, the SDK's own record of a version. Nothing in it influences a byte of the data. */
export const manifestSchema = z
  .object({
    formatVersion: z.literal(currentFormatVersion),
    name: datasetName,
    config: configName.optional(),
    version,
    createdAt: z.iso.datetime(),
    contentDigest: sha256.describe("Over the splits' names and content digests, sorted by name."),
    splits: z.array(split),
    files: z.array(file).describe('Every file of the version but this one, sorted by path.'),
    schema: json.describe('The features, with their documentation.'),
    info: z.object({
      description: z.string(),
      configDescription: z.string().optional(),
      homepage: z.string().optional(),
      citation: z.string().optional(),
      license: z.string().optional(),
      owner: z.string().optional(),
      tags: z.array(z.string()),
      supervisedKeys: z.tuple([z.string(), z.string()]).optional(),
      privacy: json.optional().describe('The policy for each kind of personal data.'),
      keyPii: z.string().optional(),
    }),
    releaseNotes: z.record(z.string(), z.string()),
    fingerprint: z.object({ digest: sha256, parts: z.record(z.string(), z.string()) }),
    sources: z.array(source),
    rebuildable: z
      .object({ until: z.union([z.enum(['always', 'never']), z.iso.datetime()]), why: z.string() })
      .optional()
      .describe('How long the version can be built again to the same bytes, as far as what it was made from goes.'),
    external: z
      .object({
        writer: z.enum(externalWriters).describe('What wrote it, or the kind of its files where nothing says that.'),
        huggingFaceFeatures: json
          .optional()
          .describe('The features of its Arrow files, as Hugging Face datasets has them.'),
      })
      .optional()
      .describe(
        'There where the version was taken in from outside: no builder can make it again, and records have no keys.',
      ),
    lineage: z.array(upstream).describe('Versions of other data sets that this one was made from.'),
    engine: z.record(z.string(), json),
    sdkVersion: z.string(),
    git: z.object({ commit: z.string(), dirty: z.boolean() }).optional(),
    snapshotTime: z.iso.datetime().optional().describe('The time that the data stands for.'),
    snapshot: z
      .object({
        name: z.string(),
        period: z.enum(snapshotPeriods),
        from: z.iso.datetime(),
        to: z.iso.datetime().describe('Not a part of it any more: the time that the data stands for.'),
      })
      .optional()
      .describe('Of data that grows: the hour, day, week or month of UTC that this config is a snapshot of.'),
    counters: z.record(z.string(), z.number()),
    imageEncoders: z.record(z.string(), z.string()).describe('Encoders whose output may differ between releases.'),
    accepted: z
      .object({ reason: z.string(), findings: z.array(findingSchema) })
      .optional()
      .describe('What guards had found, where somebody published it all the same, and why. The audit says who.'),
    replaced: z
      .array(
        z.object({ contentDigest: sha256.optional(), createdAt: z.string().optional(), replacedAt: z.iso.datetime() }),
      )
      .optional()
      .describe('What earlier content of this version was overwritten, oldest first.'),
    partOf: z
      .object({ splits: z.array(z.string()), formats: z.array(z.enum(recordFormats)), contentDigest: sha256 })
      .optional()
      .describe('What the whole version has, where this directory holds only the part of it that was pulled.'),
    selfDigest: sha256.describe(
      'sha256 of every byte of this file before the comma and line break that lead to this field, which is the last one.',
    ),
  })
  .meta({ title: 'Manifest of a version', $id: 'urn:ailab-datasets:manifest:1' });

/** The manifest's JSON Schema (draft 2020-12), as docs/manifest.schema.json publishes it. */
export function manifestJsonSchema(): unknown {
  return z.toJSONSchema(manifestSchema, { io: 'input' });
}
