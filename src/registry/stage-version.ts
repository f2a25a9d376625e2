import { randomUUID } from 'node:crypto';
import { parseConfigName, parseDatasetName, parseVersion } from '../core/names/index.js';
import { formatJson } from './format-json.js';
import { Heartbeat } from './heartbeat.js';
import { currentProcess } from './process-identity.js';
import type { Registry } from './registry.js';
import { removeStagedBuilds, type StagedBuild } from './staged-builds.js';
import { type StagedTarget, StagedVersion } from './staged-version.js';
import { stagedPath, stagingArea } from './staging-area.js';
import { type StagingOwner, stagingFiles } from './staging-files.js';

export interface StageOptions {
  /**
   * What makes this build the same as an earlier one, whose staging it goes on with: lower-case letters, digits and `_`. Default: a random one, so that nothing is
   * ever resumed.
   */
  readonly identity?: string;
  /** Starts clean where an earlier build of the same identity left something. */
  readonly restart?: boolean;
  /** Absolute; where builds for a remote registry are staged. A local registry stages in itself. */
  readonly workDirectory?: string;
}

/**
 * Makes a place for a build: nothing of it is visible as a version until `publish`.
 *
 * A heartbeat tells other processes that this build lives; it keeps no process from ending. What builds left here that died on this machine is
 * removed first, unless it can be resumed: their spill may be all that the disk has left.
 *
 * @throws DatasetsError NAME_INVALID, STORAGE_FULL, STORAGE_FAILED; CONFIG_INVALID for a remote registry without a `workDirectory`.
 * @example
 * ```ts
 * const staged = await stageVersion(registry, { name: 'product_a', config: 'men', version: '1.2.0' });
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
  wanted: { readonly name: string; readonly config?: string | undefined; readonly version: string },
  options: StageOptions = {},
): Promise<StagedVersion> {
  const area = stagingArea(registry, options.workDirectory);
  const { storage } = area;
  const target = {
    name: parseDatasetName(wanted.name),
    config: wanted.config === undefined ? undefined : parseConfigName(wanted.config),
    version: parseVersion(wanted.version),
  };
  const identity = options.identity ?? randomUUID().slice(0, 8);
  const buildId = [target.name, target.config, target.version, identity].filter(Boolean).join('-');
  const path = (name: string) => stagedPath(area, buildId, name);
  await removeStagedBuilds(area, (build) => build.buildId !== buildId && isUseless(build, target));
  if (options.restart === true) await storage.deleteDirectory(stagedPath(area, buildId));
  const resumed = (await storage.stat(path(stagingFiles.owner))) !== undefined;
  const owner: StagingOwner = {
    name: target.name,
    ...(target.config !== undefined && { config: target.config }),
    version: target.version,
    ...(options.identity !== undefined && { resumable: true }),
    startedAt: new Date().toISOString(),
    process: currentProcess(),
  };
  await storage.write(path(stagingFiles.owner), formatJson(owner), { sync: false });
  const heartbeat = await Heartbeat.start(storage, path(stagingFiles.heartbeat));
  await storage.makeDirectory(path(stagingFiles.version));
  await storage.makeDirectory(path(stagingFiles.work));
  return new StagedVersion({ ...target, registry, area, buildId, resumed, heartbeat });
}

/** Whether no build will ever go on with what this one left: it can't be resumed, or the version is now made in another way. */
function isUseless({ state, owner }: StagedBuild, target: StagedTarget): boolean {
  if (state !== 'dead') return false;
  if (owner?.resumable !== true) return true;
  return owner.name === target.name && owner.config === target.config && owner.version === target.version;
}
