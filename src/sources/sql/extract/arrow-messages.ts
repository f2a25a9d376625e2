import { type FileHandle, open } from 'node:fs/promises';
import { readMessage } from '../../../formats/index.js';
import { malformedFile } from '../../malformed.js';

/**
 * The messages of an Arrow IPC stream file, one after the other, each in memory of its own: first that of the schema, then the record batches
 * (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format).
 *
 * @param path absolute
 * @param name for messages
 */
export async function* arrowMessages(path: string, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path, 'r');
  try {
    for (let offset = 0; ; ) {
      const message = await messageAt(file, offset, name);
      if (message === undefined) return;
      yield message;
      offset += message.length;
    }
  } finally {
    await file.close();
  }
}

const continuation = 0xffffffff;
const prefixBytes = 8;

/** Undefined at the end. */
async function messageAt(file: FileHandle, offset: number, name: string): Promise<Uint8Array | undefined> {
  const prefix = await readExactly(file, offset, prefixBytes, name);
  if (prefix.readUInt32LE(0) !== continuation) throw malformedFile(name, 'is no Arrow stream', { hint: damagedHint });
  const metadataBytes = prefix.readInt32LE(4);
  if (metadataBytes === 0) return undefined;
  const metadata = await readExactly(file, offset + prefixBytes, metadataBytes, name);
  const bytes = prefixBytes + metadataBytes + readMessage(metadata).bodyBytes;
  return readExactly(file, offset, bytes, name);
}

/**
 * The messages of one kind among bytes that are whole messages. A server may send more than was asked for: a schema before each batch, the end of a stream after it.
 *
 * @param name for messages
 */
export function messagesOf(kind: 'schema' | 'recordBatch', bytes: Uint8Array, name: string): readonly Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: Uint8Array[] = [];
  for (let offset = 0; offset < buffer.length; ) {
    const metadataBytes = buffer.length < offset + prefixBytes ? -1 : buffer.readInt32LE(offset + 4);
    if (metadataBytes < 0 || buffer.readUInt32LE(offset) !== continuation) {
      throw malformedFile(name, 'came as something else than messages of Arrow', { hint: 'Build again.' });
    }
    const metadata = buffer.subarray(offset + prefixBytes, offset + prefixBytes + metadataBytes);
    const message = metadataBytes === 0 ? undefined : readMessage(metadata);
    const end = offset + prefixBytes + metadataBytes + (message?.bodyBytes ?? 0);
    if (message?.kind === kind) found.push(buffer.subarray(offset, end));
    offset = end;
  }
  return found;
}

const damagedHint = 'The file is not what was kept. verify --repair fetches it from another registry.';

async function readExactly(file: FileHandle, offset: number, bytes: number, name: string): Promise<Buffer> {
  const buffer = Buffer.from(new ArrayBuffer(Math.max(0, bytes)));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
  if (bytesRead === bytes) return buffer;
  throw malformedFile(name, 'ends in the middle of a message', { hint: damagedHint });
}
