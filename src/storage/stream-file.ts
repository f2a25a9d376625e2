import { open } from 'node:fs/promises';
import { Crc32c } from '../core/checksum/index.js';
import type { Downloaded, ObjectWriter } from './storage.js';

const bufferBytes = 2 ** 20;

/** Writes a whole local file to a writer, which stays open. Memory is one buffer. */
export async function streamFile(file: string, writer: ObjectWriter): Promise<Downloaded> {
  const handle = await open(file, 'r');
  try {
    const buffer = new Uint8Array(bufferBytes);
    const crc = new Crc32c();
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, bufferBytes, bytes);
      if (bytesRead === 0) return { bytes, crc32c: crc.digestBase64() };
      const chunk = buffer.subarray(0, bytesRead);
      crc.update(chunk);
      await writer.write(chunk);
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
