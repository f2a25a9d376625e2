import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '../../../storage/index.js';
import { stopIfInterrupted } from '../../interrupted.js';
import type { ExtractFile } from '../../retention.js';
import type { SourceContext } from '../../source.js';
import { endOfStream, messagesOf } from '../extract/arrow-messages.js';
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

/** Undefined for a stream without rows: a session may have such. */
async function writeStream(
  messages: AsyncIterable<StreamMessage>,
  schema: Uint8Array,
  { directory, name }: { readonly directory: string; readonly name: string },
): Promise<ExtractFile | undefined> {
  const partial = join(directory, 'arrow.partial');
  const file = await new HashedFile(partial).open(directory);
  try {
    let rows = 0;
    for (const message of messagesOf('schema', schema, name).slice(0, 1)) await file.write(message);
    for await (const { batch, rows: more } of messages) {
      for (const message of messagesOf('recordBatch', batch, name)) await file.write(message);
      rows += more;
    }
    await file.write(endOfStream);
    const { bytes, sha256 } = await file.close();
    const path = join(directory, `${sha256}.arrow`);
    await rename(partial, path);
    if (rows > 0) return { path, bytes, sha256, rows };
    await rm(path);
    return undefined;
  } finally {
    await file.close();
  }
}

/** A file that is written from its beginning, and its digest. */
class HashedFile {
  readonly #path: string;
  readonly #hash = createHash('sha256');
  #handle: Awaited<ReturnType<typeof open>> | undefined;
  #bytes = 0;
  #sha256 = '';

  constructor(path: string) {
    this.#path = path;
  }

  async open(directory: string): Promise<this> {
    await this.#attempt(async () => {
      await mkdir(directory, { recursive: true });
      this.#handle = await open(this.#path, 'w');
    });
    return this;
  }

  async write(content: Uint8Array): Promise<void> {
    this.#hash.update(content);
    this.#bytes += content.length;
    await this.#attempt(() => this.#handle?.writeFile(content));
  }

  /** Gives the same when it is called again. */
  async close(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle !== undefined) {
      this.#sha256 = this.#hash.digest('hex');
      await this.#attempt(() => handle.close());
    }
    return { bytes: this.#bytes, sha256: this.#sha256 };
  }

  async #attempt(act: () => Promise<unknown> | undefined): Promise<void> {
    try {
      await act();
    } catch (error) {
      throw storageError(error, 'write', this.#path);
    }
  }
}
