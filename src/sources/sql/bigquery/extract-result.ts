import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createFileSink, endOfStream, type FileSink } from '../../../formats/index.js';
import { storageError } from '../../../storage/index.js';
import { stopIfInterrupted } from '../../interrupted.js';
import type { ExtractFile } from '../../retention.js';
import type { SourceContext } from '../../source.js';
import { messagesOf } from '../extract/arrow-messages.js';
import type { Extracted, ExtractPlace, WarehouseQuery } from '../warehouse.js';
import { loadReadClient } from './load-client.js';
import { pinResult } from './pin-result.js';
import { readError } from './read-error.js';
import { openReadSession } from './read-session.js';
import { type StreamMessage, streamMessages } from './stream-messages.js';

/**
 * Writes a result to files: each stream of the read session as an Arrow IPC stream, whose messages are those that BigQuery sends. It is read once more for that, one stream after the other; memory holds one
 * record batch.
 */
export async function extractResult(
  asked: WarehouseQuery,
  { mostBytes, directory }: ExtractPlace,
  context: SourceContext,
): Promise<Extracted> {
  const result = await pinResult(asked, context);
  if (mostBytes !== undefined && result.bytes > mostBytes) return { tooLargeBytes: result.bytes };
  const { name } = asked.query;
  const client = await loadReadClient();
  try {
    const { streams, schema } = await openReadSession(result, asked.part, context);
    await makeDirectory(directory);
    const files: ExtractFile[] = [];
    for (const stream of streams) {
      stopIfInterrupted(context, `the result of ${name} was kept`);
      const messages = streamMessages(client, stream);
      const file = await writeStream(messages, Buffer.from(schema, 'base64'), { directory, name });
      if (file === undefined) continue;
      files.push(file);
      // As files it may be larger than as a table, whose size the warehouse says.
      const bytes = files.reduce((sum, each) => sum + each.bytes, 0);
      if (mostBytes !== undefined && bytes > mostBytes) return { tooLargeBytes: bytes };
    }
    return { format: 'arrow', integers: [], files };
  } catch (error) {
    throw readError(error, name);
  } finally {
    await client.close();
  }
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw storageError(error, 'create', directory);
  }
}

/** Undefined for a stream without rows: a session may have such. */
async function writeStream(
  messages: AsyncIterable<StreamMessage>,
  schema: Uint8Array,
  { directory, name }: { readonly directory: string; readonly name: string },
): Promise<ExtractFile | undefined> {
  const partial = join(directory, 'arrow.partial');
  const written = await writeMessages(messages, schema, createFileSink(partial), name);
  if (written === undefined) return undefined;
  const path = join(directory, `${written.sha256}.arrow`);
  await rename(partial, path);
  return { ...written, path };
}

async function writeMessages(
  messages: AsyncIterable<StreamMessage>,
  schema: Uint8Array,
  file: FileSink,
  name: string,
): Promise<Omit<ExtractFile, 'path'> | undefined> {
  try {
    let rows = 0;
    for (const message of messagesOf('schema', schema, name).slice(0, 1)) file.write(message);
    for await (const { batch, rows: more } of messages) {
      for (const message of messagesOf('recordBatch', batch, name)) file.write(message);
      rows += more;
    }
    file.write(endOfStream);
    if (rows > 0) {
      const { bytes, sha256 } = await file.close();
      return { bytes, sha256, rows };
    }
  } catch (error) {
    file.discard();
    throw error;
  }
  file.discard();
  return undefined;
}
