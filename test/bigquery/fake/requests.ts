import { z } from 'zod';

/** 64-bit integers travel as texts; BigQuery takes a number, too. */
const int64 = z.union([z.string().regex(/^-?\d+$/), z.int()]);
const id = z.string().regex(/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd} ]{1,1024}$/u);
const tableReference = z.strictObject({
  projectId: z.string().min(1),
  datasetId: z.string().regex(/^\w{1,1024}$/),
  tableId: id,
});

/** https://cloud.google.com/bigquery/docs/labels-intro#requirements */
const labels = z
  .record(
    z.string().regex(/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u),
    z.string().regex(/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u),
  )
  .refine((entries) => Object.keys(entries).length <= 64, 'at most 64 labels');

interface ParameterType {
  readonly type: string;
  readonly arrayType?: ParameterType | undefined;
  readonly structTypes?: readonly { readonly name?: string | undefined; readonly type: ParameterType }[] | undefined;
}

const parameterType: z.ZodType<ParameterType> = z.strictObject({
  type: z
    .string()
    .regex(
      /^(?:ARRAY|BIGNUMERIC|BOOL|BYTES|DATE|DATETIME|FLOAT64|GEOGRAPHY|INT64|JSON|NUMERIC|STRING|STRUCT|TIME|TIMESTAMP)$/,
    ),
  arrayType: z.lazy(() => parameterType).optional(),
  structTypes: z.array(z.strictObject({ name: z.string().optional(), type: z.lazy(() => parameterType) })).optional(),
});

interface ParameterValue {
  readonly value?: string | null | undefined;
  readonly arrayValues?: readonly ParameterValue[] | undefined;
  readonly structValues?: Readonly<Record<string, ParameterValue>> | undefined;
}

const parameterValue: z.ZodType<ParameterValue> = z.strictObject({
  value: z.preprocess(
    (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
    z.string().nullable().optional(),
  ),
  arrayValues: z.array(z.lazy(() => parameterValue)).optional(),
  structValues: z
    .record(
      z.string(),
      z.lazy(() => parameterValue),
    )
    .optional(),
});

const query = z.strictObject({
  query: z.string().min(1),
  useLegacySql: z.literal(false),
  useQueryCache: z.boolean().optional(),
  priority: z.enum(['INTERACTIVE', 'BATCH']).optional(),
  defaultDataset: z.strictObject({ projectId: z.string().optional(), datasetId: z.string() }).optional(),
  destinationTable: tableReference.optional(),
  createDisposition: z.enum(['CREATE_IF_NEEDED', 'CREATE_NEVER']).optional(),
  writeDisposition: z.enum(['WRITE_TRUNCATE', 'WRITE_APPEND', 'WRITE_EMPTY']).optional(),
  maximumBytesBilled: int64.optional(),
  parameterMode: z.enum(['NAMED', 'POSITIONAL', 'named', 'positional']).optional(),
  queryParameters: z.array(z.strictObject({ name: z.string().optional(), parameterType, parameterValue })).optional(),
  // The official client leaves it where its user gave it, beside the parameters' own types.
  types: z.unknown().optional(),
});

/** The body of jobs.insert: https://cloud.google.com/bigquery/docs/reference/rest/v2/Job. */
export const insertJobBody = z.strictObject({
  jobReference: z.strictObject({
    projectId: z.string().min(1),
    // A dry run makes no job.
    jobId: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,1024}$/)
      .optional(),
    location: z.string().optional(),
  }),
  configuration: z.strictObject({
    jobType: z.literal('QUERY').optional(),
    query,
    dryRun: z.boolean().optional(),
    jobTimeoutMs: int64.optional(),
    labels: labels.optional(),
  }),
});

export type InsertJob = z.infer<typeof insertJobBody>;

export const insertDatasetBody = z.strictObject({
  datasetReference: z.strictObject({ projectId: z.string().optional(), datasetId: z.string().regex(/^\w{1,1024}$/) }),
  location: z.string().optional(),
  labels: labels.optional(),
  description: z.string().optional(),
  defaultTableExpirationMs: int64.optional(),
});

export const insertTableBody = z.strictObject({
  tableReference,
  schema: z.strictObject({ fields: z.array(z.unknown()) }).optional(),
  expirationTime: int64.optional(),
  labels: labels.optional(),
  description: z.string().optional(),
});

export const patchTableBody = z.strictObject({
  expirationTime: int64.optional(),
  labels: labels.optional(),
  description: z.string().optional(),
  etag: z.string().optional(),
});

/** What the URL of an operation may hold; the official client adds the first to all. */
export function urlParameters(...names: readonly string[]) {
  return z.strictObject(
    Object.fromEntries(['prettyPrint', 'fields', ...names].map((name) => [name, z.string().optional()])),
  );
}
