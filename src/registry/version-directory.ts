import type { Storage } from '../storage/index.js';
import { newestGeneration } from './generations.js';
import { leaseDirectory, versionFiles } from './layout.js';
import { parseLeaseRecord } from './lease/lease-record.js';

/**
 * Whether a directory holds a version: ours has a manifest, one that tfds prepared has a dataset_info.json. Anything else is torn: it was
 * left by a crash or is being copied, and is never read.
 */
export async function isVersionDirectory(storage: Storage, path: string): Promise<boolean> {
  if ((await storage.stat(`${path}/${versionFiles.manifest}`)) !== undefined) return true;
  if ((await storage.stat(`${path}/${versionFiles.datasetInfo}`)) === undefined) return false;
  if ((await storage.stat(`${path}/${versionFiles.features}`)) === undefined) return false;
  return !(await isBeingPublished(storage, path));
}

/**
 * In a bucket, which may be read through a mount, tfds' files are there before the manifest: for as long as it takes to copy that or, after a
 * crash, to end what was begun.
 */
async function isBeingPublished(storage: Storage, path: string): Promise<boolean> {
  const newest = await newestGeneration(storage, `${leaseDirectory}/${path}`);
  return newest !== undefined && parseLeaseRecord(newest.content).kind === 'publishing';
}
