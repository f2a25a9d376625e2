import { z } from 'zod';

/**
 * What is used of the resources of BigQuery's REST API (https://cloud.google.com/bigquery/docs/reference/rest). Its int64 are texts.
 */

/** Bytes and rows, far below 2^53. */
const count = z.union([z.string(), z.number()]).transform(Number);

export interface TableField {
  readonly name: string;
  /** `INTEGER` or `INT64`, `RECORD` or `STRUCT`, ...: the API has two names for some. */
  readonly type: string;
  readonly mode?: string | undefined;
  readonly description?: string | undefined;
  readonly policyTags?: { readonly names?: readonly string[] | undefined } | undefined;
  readonly fields?: readonly TableField[] | undefined;
}

export const tableField: z.ZodType<TableField> = z.object({
  name: z.string(),
  type: z.string(),
  mode: z.string().optional(),
  description: z.string().optional(),
  policyTags: z.object({ names: z.array(z.string()).optional() }).optional(),
  get fields() {
    return z.array(tableField).optional();
  },
});

const tableReference = z.object({ projectId: z.string(), datasetId: z.string(), tableId: z.string() });
export type TableReference = z.infer<typeof tableReference>;

const tableFields = z.object({ fields: z.array(tableField).optional() });

export const jobResource = z.object({
  jobReference: z
    .object({ projectId: z.string(), jobId: z.string().optional(), location: z.string().optional() })
    .optional(),
  status: z
    .object({
      state: z.string(),
      errorResult: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
    })
    .optional(),
  statistics: z
    .object({
      totalBytesProcessed: count.optional(),
      query: z
        .object({
          statementType: z.string().optional(),
          totalBytesProcessed: count.optional(),
          totalBytesBilled: count.optional(),
          schema: tableFields.optional(),
          referencedTables: z.array(tableReference).optional(),
        })
        .optional(),
    })
    .optional(),
});
export type Job = z.infer<typeof jobResource>;

export const tableResource = z.object({
  tableReference,
  schema: tableFields.optional(),
  numRows: count.optional(),
  numBytes: count.optional(),
  /** Milliseconds since 1970. */
  expirationTime: count.optional(),
  lastModifiedTime: count.optional(),
});
export type Table = z.infer<typeof tableResource>;

export const datasetResource = z.object({ location: z.string().optional() });

/** `project.dataset.table` */
export function tableName({ projectId, datasetId, tableId }: TableReference): string {
  return `${projectId}.${datasetId}.${tableId}`;
}

/** What `tableName` names. A project's id may hold dots (`example.com:project`). */
export function tableReferenceOf(name: string): TableReference {
  const parts = name.split('.');
  const [datasetId = '', tableId = ''] = parts.slice(-2);
  return { projectId: parts.slice(0, -2).join('.'), datasetId, tableId };
}

/** The path of a table below its project. */
export function tablePath({ datasetId, tableId }: TableReference): string {
  return `/datasets/${encodeURIComponent(datasetId)}/tables/${encodeURIComponent(tableId)}`;
}
