import { type FileHandle, open } from 'node:fs/promises';
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
      const message = await readMessage(file, offset, name);
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

/** The bytes that end a stream. */
export const endOfStream: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** Undefined at the end. */
async function readMessage(file: FileHandle, offset: number, name: string): Promise<Uint8Array | undefined> {
  const prefix = await readExactly(file, offset, prefixBytes, name);
  if (prefix.readUInt32LE(0) !== continuation) throw malformedFile(name, 'is no Arrow stream', { hint: damagedHint });
  const metadataBytes = prefix.readInt32LE(4);
  if (metadataBytes === 0) return undefined;
  const metadata = await readExactly(file, offset + prefixBytes, metadataBytes, name);
  const bytes = prefixBytes + metadataBytes + headerOf(metadata).bodyBytes;
  return readExactly(file, offset, bytes, name);
}

/** What a message is, by the numbers of the union `MessageHeader`. */
const messageKinds = { schema: 1, recordBatch: 3 } as const;

/**
 * The messages of one kind among bytes that are whole messages. A server may send more than was asked for: a schema before each batch, the end of a stream after it.
 *
 * @param name for messages
 */
export function messagesOf(kind: keyof typeof messageKinds, bytes: Uint8Array, name: string): readonly Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: Uint8Array[] = [];
  for (let offset = 0; offset < buffer.length; ) {
    const metadataBytes = buffer.length < offset + prefixBytes ? -1 : buffer.readInt32LE(offset + 4);
    if (metadataBytes < 0 || buffer.readUInt32LE(offset) !== continuation) {
      throw malformedFile(name, 'came as something else than messages of Arrow', { hint: 'Build again.' });
    }
    const metadata = buffer.subarray(offset + prefixBytes, offset + prefixBytes + metadataBytes);
    const { bodyBytes, kind: own } = metadataBytes === 0 ? { bodyBytes: 0, kind: 0 } : headerOf(metadata);
    const end = offset + prefixBytes + metadataBytes + bodyBytes;
    if (own === messageKinds[kind]) found.push(buffer.subarray(offset, end));
    offset = end;
  }
  return found;
}

/** Fields of the table `Message` (https://github.com/apache/arrow/blob/main/format/Message.fbs): the second is the kind of its header, a byte, the fourth `bodyLength`, an int64. */
function headerOf(metadata: Buffer): { readonly kind: number; readonly bodyBytes: number } {
  const table = metadata.readUInt32LE(0);
  const fields = table - metadata.readInt32LE(table);
  const placeOf = (field: number): number => {
    const entry = 4 + 2 * field;
    return metadata.readUInt16LE(fields) > entry ? metadata.readUInt16LE(fields + entry) : 0;
  };
  const [kind, body] = [placeOf(1), placeOf(3)];
  return {
    kind: kind === 0 ? 0 : metadata.readUInt8(table + kind),
    bodyBytes: body === 0 ? 0 : Number(metadata.readBigInt64LE(table + body)),
  };
}

const damagedHint = 'The file is not what was kept. verify --repair fetches it from another registry.';

async function readExactly(file: FileHandle, offset: number, bytes: number, name: string): Promise<Buffer> {
  const buffer = Buffer.from(new ArrayBuffer(Math.max(0, bytes)));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
  if (bytesRead === bytes) return buffer;
  throw malformedFile(name, 'ends in the middle of a message', { hint: damagedHint });
}
