import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { stagingDirectory } from '../../files/location.js';
import type { SourceContext, SourceState } from '../../source.js';
import { readStagedRecord, writeStagedRecord } from '../../staged-record.js';
import { digestOfParameters } from '../parameters.js';
import type { WarehouseQuery } from '../warehouse.js';
import { tableField } from './resources.js';

const count = z.int().nonnegative();

const pinnedResult = z.object({
  /** `project:location.id` */
  job: z.string(),
  /** `project.dataset.table` */
  table: z.string(),
  /** ISO 8601 */
  expires: z.string(),
  rows: count,
  bytes: count,
  bytesProcessed: count,
  bytesBilled: count,
  /** Its columns. */
  fields: z.array(tableField),
  /** Tables that the query read, and when they were changed last. */
  inputs: z.array(
    z.object({
      uri: z.string(),
      bytes: count.exactOptional(),
      digest: z.string().exactOptional(),
      modified: z.string().exactOptional(),
    }),
  ),
});

/** What is known of a result that lies in a table of BigQuery. */
export type PinnedResult = Omit<z.infer<typeof pinnedResult>, 'inputs'> & { readonly inputs: readonly SourceState[] };

/**
 * The name of a query in a build: the same for a build that goes on, so that it finds the job that it has paid for, and another one for a build that begins anew, which is to read the tables as they
 * are then.
 */
export function pinKey({ query, parameters, snapshot }: WarehouseQuery, context: SourceContext): string {
  const { build, bigquery } = context;
  const parts = [
    build?.id ?? stagingDirectory(context),
    build?.dataset,
    build?.config,
    build?.version,
    bigquery?.project,
    bigquery?.dataset,
    bigquery?.location,
    query.digest,
    digestOfParameters(parameters),
    snapshot?.toISOString(),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

/** So long before it expires a table is not begun to be read. */
const marginMilliseconds = 15 * 60_000;

/** What an earlier attempt at the build has pinned, unless it is about to expire. */
export function findPinned(key: string, context: SourceContext): PinnedResult | undefined {
  const found = readStagedRecord(recordPath(key, context), pinnedResult);
  return found !== undefined && Date.parse(found.expires) > Date.now() + marginMilliseconds ? found : undefined;
}

export function writePinned(key: string, result: PinnedResult, context: SourceContext): void {
  writeStagedRecord(recordPath(key, context), result);
}

function recordPath(key: string, context: SourceContext): string {
  return join(stagingDirectory(context), `bigquery-${key}.json`);
}
