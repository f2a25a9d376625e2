import { randomUUID } from 'node:crypto';
import { parseConfigName, parseDatasetName, parseVersion } from '../core/names/index.js';
import { formatJson } from './format-json.js';
import { Heartbeat } from './heartbeat.js';
import { stagingDirectory } from './layout.js';
import { currentProcess } from './process-identity.js';
import type { Registry } from './registry.js';
import { removeStagedBuilds } from './staged-builds.js';
import { StagedVersion } from './staged-version.js';
import { type StagingOwner, stagingFiles } from './staging-files.js';

/**
 * Makes a place for a build: nothing of it is visible as a version until `publish`.
 *
 * A heartbeat tells other processes that this build lives; it keeps no process from ending. What builds left here that died on this machine is
 * removed first: their spill may be all that the disk has left.
 *
 * @throws DatasetsError NAME_INVALID, STORAGE_FULL, STORAGE_FAILED.
 * @example
 * ```ts
 * const staged = await stageVersion(registry, 'product_a', 'men', '1.2.0');
 * try {
 *   await writeShards(staged.directory);
 *   await writeMetadata(staged, metadata);
 *   await publish(staged);
 * } finally {
 *   await staged.discard();
 * }
 * ```
 */
export async function stageVersion(
  registry: Registry,
  name: string,
  config: string | undefined,
  version: string,
): Promise<StagedVersion> {
  const { storage } = registry;
  await removeStagedBuilds(registry, (build) => build.state === 'dead');
  const target = {
    name: parseDatasetName(name),
    config: config === undefined ? undefined : parseConfigName(config),
    version: parseVersion(version),
  };
  const buildId = [target.name, target.config, target.version, randomUUID().slice(0, 8)].filter(Boolean).join('-');
  const root = `${stagingDirectory}/${buildId}`;
  const owner: StagingOwner = {
    name: target.name,
    ...(target.config !== undefined && { config: target.config }),
    version: target.version,
    startedAt: new Date().toISOString(),
    process: currentProcess(),
  };
  await storage.write(`${root}/${stagingFiles.owner}`, formatJson(owner), { sync: false });
  const heartbeat = await Heartbeat.start(storage, `${root}/${stagingFiles.heartbeat}`);
  const staged = new StagedVersion(storage, buildId, target, heartbeat);
  await storage.makeDirectory(staged.path(stagingFiles.version));
  await storage.makeDirectory(staged.path(stagingFiles.work));
  return staged;
}
