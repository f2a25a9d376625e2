import { createHash } from 'node:crypto';
import { Crc32c } from '../../core/checksum/index.js';
import type { Storage } from '../../storage/index.js';

const chunkBytes = 1 << 20;

/** Digests of an object's bytes; undefined where there is none. Memory stays flat. */
export async function digestObject(
  storage: Storage,
  path: string,
): Promise<{ readonly bytes: number; readonly sha256: string; readonly crc32c: string } | undefined> {
  if ((await storage.stat(path)) === undefined) return undefined;
  const opened = await storage.open(path);
  try {
    const sha256 = createHash('sha256');
    const crc32c = new Crc32c();
    const buffer = new Uint8Array(Math.min(chunkBytes, opened.bytes));
    let offset = 0;
    while (offset < opened.bytes) {
      const chunk = await opened.read(offset, chunkBytes, buffer);
      if (chunk.length === 0) break;
      sha256.update(chunk);
      crc32c.update(chunk);
      offset += chunk.length;
    }
    return { bytes: offset, sha256: sha256.digest('hex'), crc32c: crc32c.digestBase64() };
  } finally {
    await opened.close();
  }
}
