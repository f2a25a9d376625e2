import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Crc32c } from '../../core/checksum/index.js';
import type { WrittenFile } from '../../writers/index.js';

/** Bytes of a temporary file, with their CRC-32. */
export interface WrittenRange {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  readonly crc32: number;
}

const readBytes = 1 << 20;

/** Whether a part of a temporary file is as it was written. */
export async function isIntactRange({ file, offset, bytes, crc32: expected }: WrittenRange): Promise<boolean> {
  let sum = 0;
  const read = await readRange(file, offset, bytes, (chunk) => {
    sum = crc32(chunk, sum);
  });
  return read && sum === expected;
}

/** Whether a shard's file is as it was written, and no longer. */
export async function isIntactShard({ path, bytes, crc32c }: WrittenFile): Promise<boolean> {
  const sum = new Crc32c();
  const read = await readRange(path, 0, bytes + 1, (chunk) => sum.update(chunk), bytes);
  return read && sum.digestBase64() === crc32c;
}

/** Reads a range in pieces; false when it has another length than expected, or can't be read. */
async function readRange(
  file: string,
  offset: number,
  bytes: number,
  visit: (chunk: Uint8Array) => unknown,
  expectedBytes = bytes,
): Promise<boolean> {
  try {
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.allocUnsafe(Math.min(readBytes, bytes));
      let done = 0;
      while (done < bytes) {
        const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, bytes - done), offset + done);
        if (bytesRead === 0) break;
        visit(buffer.subarray(0, bytesRead));
        done += bytesRead;
      }
      return done === expectedBytes;
    } finally {
      await handle.close();
    }
  } catch {
    // Missing or unreadable: it is written anew.
    return false;
  }
}
