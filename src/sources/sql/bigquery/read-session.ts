import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { defaultBigQuerySettings } from '../../../core/config/index.js';
import { stagingDirectory } from '../../files/location.js';
import type { SourceContext } from '../../source.js';
import { readStagedRecord, writeStagedRecord } from '../../staged-record.js';
import type { ResultPart } from '../result-part.js';
import { loadReadClient } from './load-client.js';
import type { PinnedResult } from './pinned-result.js';
import { tableReferenceOf } from './resources.js';

const readSession = z.object({
  name: z.string(),
  /** ISO 8601 */
  expires: z.string(),
  /** Arrow's message of the schema, base64. */
  schema: z.string(),
  streams: z.array(z.string()),
});

/**
 * A read session of the Storage Read API: a cut of a table into streams. Each stream gives the same rows in the same order as often as it is read, at whatever offset; another session cuts otherwise. It
 * lives for six hours.
 */
export type ReadSession = z.infer<typeof readSession>;

/** A table that does not change, and its size. */
export type ReadableTable = Pick<PinnedResult, 'table' | 'rows' | 'bytes'>;

/** "Currently a session expires 6 hours after creation" (docs of CreateReadSession); for a server that does not say. */
const lifeMilliseconds = 6 * 3_600_000;
/** So long before it expires a session is not begun to be read. */
const marginMilliseconds = 15 * 60_000;
/** A stream is the work of one task: less is not worth a task. */
const leastStreamBytes = 32 * 2 ** 20;
const leastStreamRows = 250_000;

/**
 * The session of an earlier attempt at the build, as long as it lives, so that its streams which were read need not be read again; else a new one.
 *
 * @throws what Google's client throws
 */
export async function openReadSession(
  result: ReadableTable,
  part: ResultPart | undefined,
  context: SourceContext,
): Promise<ReadSession> {
  const path = sessionPath(result.table, part, context);
  const found = readStagedRecord(path, readSession);
  if (found !== undefined && Date.parse(found.expires) > Date.now() + marginMilliseconds) return found;
  const session = await createSession(result, part, context);
  writeStagedRecord(path, session);
  return session;
}

/** For a session that BigQuery does not know any more: the next attempt makes another one. */
export function forgetReadSession(table: string, part: ResultPart | undefined, context: SourceContext): void {
  rmSync(sessionPath(table, part, context), { force: true });
}

async function createSession(
  { table, rows, bytes }: ReadableTable,
  part: ResultPart | undefined,
  context: SourceContext,
): Promise<ReadSession> {
  const { readStreams } = context.bigquery ?? defaultBigQuerySettings;
  const parts = Math.max(Math.ceil(bytes / leastStreamBytes), Math.ceil(rows / leastStreamRows), 1);
  const { projectId, datasetId, tableId } = tableReferenceOf(table);
  const client = await loadReadClient();
  try {
    const [session] = await client.createReadSession({
      parent: `projects/${context.bigquery?.project ?? projectId}`,
      readSession: {
        table: `projects/${projectId}/datasets/${datasetId}/tables/${tableId}`,
        dataFormat: 'ARROW',
        readOptions: {
          ...(part?.columns !== undefined && { selectedFields: [...part.columns] }),
          ...(part?.where !== undefined && { rowRestriction: part.where }),
        },
      },
      maxStreamCount: Math.min(readStreams, parts),
    });
    const { seconds } = session.expireTime ?? {};
    const expires = seconds ? Number(seconds) * 1000 : Date.now() + lifeMilliseconds;
    const schema = session.arrowSchema?.serializedSchema ?? '';
    return {
      name: session.name ?? '',
      expires: new Date(expires).toISOString(),
      schema: (typeof schema === 'string' ? Buffer.from(schema, 'base64') : Buffer.from(schema)).toString('base64'),
      streams: (session.streams ?? []).map((stream) => stream.name ?? ''),
    };
  } finally {
    await client.close();
  }
}

function sessionPath(table: string, part: ResultPart | undefined, context: SourceContext): string {
  const of =
    part === undefined ? '' : `-${createHash('sha256').update(JSON.stringify(part)).digest('hex').slice(0, 12)}`;
  return join(stagingDirectory(context), `bigquery-session-${tableReferenceOf(table).tableId}${of}.json`);
}
