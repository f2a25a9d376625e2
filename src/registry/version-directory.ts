import type { Storage } from '../storage/index.js';
import { versionFiles } from './layout.js';

/**
 * Whether a directory holds a version: ours has a manifest, one that tfds prepared has a dataset_info.json. Anything else is torn: it was
 * left by a crash or is being copied, and is never read.
 */
export async function isVersionDirectory(storage: Storage, path: string): Promise<boolean> {
  if ((await storage.stat(`${path}/${versionFiles.manifest}`)) !== undefined) return true;
  if ((await storage.stat(`${path}/${versionFiles.datasetInfo}`)) === undefined) return false;
  return (await storage.stat(`${path}/${versionFiles.features}`)) !== undefined;
}
