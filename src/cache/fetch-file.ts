import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatasetsError } from '../core/errors/index.js';
import { type Storage, storageError } from '../storage/index.js';

/** What a file was published with; undefined where nothing says it, as in data that tfds prepared. */
export interface ExpectedFile {
  readonly bytes: number | undefined;
  readonly crc32c: string | undefined;
  readonly sha256: string | undefined;
}

export interface FileFetch {
  readonly from: Storage;
  /** In that storage. */
  readonly path: string;
  /** Absolute; the file appears there in one step. */
  readonly to: string;
  /** Absolute; where it is until it is verified: on the file system of `to`. */
  readonly partial: string;
  readonly expected: ExpectedFile;
}

const chunkBytes = 1 << 20;

/**
 * Downloads a file and compares it with what was published, before it gets its name.
 *
 * @returns its size.
 * @throws DatasetsError DATA_CORRUPT when it is not what was published; STORAGE_FULL, STORAGE_FAILED, and what the storage throws.
 */
export async function fetchFile({ from, path, to, partial, expected }: FileFetch): Promise<number> {
  try {
    const { bytes, crc32c } = await from.download(path, partial);
    const origin = `${from.location}/${path}`;
    if (expected.bytes !== undefined && bytes !== expected.bytes) {
      throw different(origin, `has ${bytes} bytes; it was published with ${expected.bytes}`);
    }
    if (expected.crc32c !== undefined && crc32c !== expected.crc32c) {
      throw different(origin, 'has changed: its CRC-32C is not the one it was published with');
    }
    const sha256 = await syncAndHash(partial);
    if (expected.sha256 !== undefined && sha256 !== expected.sha256) {
      throw different(origin, 'has changed: its sha256 is not the one it was published with');
    }
    await moveFile(partial, to);
    return bytes;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** A name that survives a power failure must not lead to bytes that didn't. */
async function syncAndHash(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r+');
    try {
      const hash = createHash('sha256');
      const buffer = new Uint8Array(chunkBytes);
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, chunkBytes);
        if (bytesRead === 0) break;
        hash.update(buffer.subarray(0, bytesRead));
      }
      await handle.sync();
      return hash.digest('hex');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw storageError(cause, 'read', file);
  }
}

async function moveFile(from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
  } catch (cause) {
    throw storageError(cause, 'write', to);
  }
}

function different(file: string, what: string): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `${file} ${what}`, {
    hint: 'The registry holds another file than the one that was published: verify the version there, and restore it.',
    at: { file },
  });
}
