import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { DatasetsError } from '../../core/errors/index.js';
import type { ManifestFile } from '../../registry/index.js';
import type { Storage } from '../../storage/index.js';

/** A place that may hold the same version. */
export interface RepairSource {
  /** For messages: `gs://lab/registry/product_a/1.2.0`. */
  readonly label: string;
  /** The version's directory there. */
  readonly storage: Storage;
  /** The data set's folder there, with what queries gave; undefined where that is not kept. */
  readonly extracts?: Storage;
}

/**
 * Fetches a file from a source if it is there byte for byte as it was published.
 *
 * @param target absolute; what is there afterwards is the published file, or nothing.
 * @returns undefined when it was fetched, else why it was not.
 */
export async function fetchPublished(
  source: Pick<RepairSource, 'label' | 'storage'>,
  file: Pick<ManifestFile, 'path' | 'bytes' | 'sha256'>,
  target: string,
): Promise<string | undefined> {
  try {
    const found = await source.storage.stat(file.path);
    if (found === undefined) return `${source.label} does not have it`;
    if (found.bytes !== file.bytes) return `${source.label} has it with ${found.bytes} bytes, not ${file.bytes}`;
    await source.storage.download(file.path, target);
    if ((await sha256Of(target)) === file.sha256) return undefined;
    await rm(target, { force: true });
    return `${source.label} has other bytes`;
  } catch (error) {
    await rm(target, { force: true });
    // A full disk is no fault of the source, and the next one will not help.
    if (!(error instanceof DatasetsError) || error.code === 'STORAGE_FULL') throw error;
    return `${source.label}: ${error.message}`;
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
