import { DatasetsError } from '../core/errors/index.js';
import { parseJson } from '../core/json/index.js';
import { systemErrorCode } from '../storage/index.js';
import { silentAfterMilliseconds } from './heartbeat.js';
import { versionPath } from './layout.js';
import { isAlive } from './process-identity.js';
import type { Registry } from './registry.js';
import { type StagingArea, stagedPath, stagingArea } from './staging-area.js';
import { type StagingOwner, stagingFiles } from './staging-files.js';

/** A build that was started on a registry and neither published nor discarded. */
export interface StagedBuild {
  readonly buildId: string;
  /** Undefined when the build died before it could say whose it is. */
  readonly owner: StagingOwner | undefined;
  /** Before the first one, when the build's directory was made. */
  readonly lastHeartbeat: Date | undefined;
  /**
   * `dead`: its process was on this machine and is gone. `silent`: its process can't be seen from here, and its heart has not beaten
   * for 30 minutes.
   */
  readonly state: 'running' | 'dead' | 'silent';
}

export interface StagedBuildsOptions {
  /** Where builds for a remote registry are staged, as for `stageVersion`. */
  readonly workDirectory?: string;
  /** The time to compare heartbeats with. */
  readonly now?: Date;
}

/** The builds that are staged for a registry: those that run, and those that were left behind. */
export function listStagedBuilds(
  registry: Registry,
  options: StagedBuildsOptions = {},
): Promise<readonly StagedBuild[]> {
  return listArea(stagingArea(registry, options.workDirectory), options.now);
}

async function listArea(area: StagingArea, now: Date = new Date()): Promise<readonly StagedBuild[]> {
  const entries = await area.storage.list(area.folder);
  const folders = entries.filter((entry) => entry.kind === 'directory');
  return Promise.all(folders.map((entry) => inspect(area, entry.name, now)));
}

async function inspect(area: StagingArea, buildId: string, now: Date): Promise<StagedBuild> {
  const { storage } = area;
  const root = stagedPath(area, buildId);
  const owner = readOwner(await storage.read(`${root}/${stagingFiles.owner}`));
  const heartbeat = await storage.stat(`${root}/${stagingFiles.heartbeat}`);
  const lastHeartbeat = heartbeat?.modified ?? (await storage.modified(root));
  const alive = owner === undefined ? undefined : isAlive(owner.process);
  const isSilent = now.getTime() - (lastHeartbeat?.getTime() ?? 0) > silentAfterMilliseconds;
  const state = alive === false ? 'dead' : alive === undefined && isSilent ? 'silent' : 'running';
  return { buildId, owner, lastHeartbeat, state };
}

function readOwner(bytes: Uint8Array | undefined): StagingOwner | undefined {
  if (bytes === undefined) return undefined;
  try {
    const owner: unknown = parseJson(bytes, stagingFiles.owner);
    return typeof owner === 'object' && owner !== null && 'process' in owner ? (owner as StagingOwner) : undefined;
  } catch {
    // Damaged by the crash that left it behind: the build is judged by its heartbeat alone.
    return undefined;
  }
}

/**
 * Removes what builds left that are dead or silent, and puts back a version that one had moved aside to overwrite, if nothing took its place.
 *
 * @returns the builds that were removed.
 */
export function removeAbandonedBuilds(
  registry: Registry,
  options: StagedBuildsOptions = {},
): Promise<readonly StagedBuild[]> {
  const area = stagingArea(registry, options.workDirectory);
  return removeStagedBuilds(area, (build) => build.state !== 'running', options.now);
}

export async function removeStagedBuilds(
  area: StagingArea,
  which: (build: StagedBuild) => boolean,
  now?: Date,
): Promise<readonly StagedBuild[]> {
  const removed = (await listArea(area, now)).filter(which);
  for (const build of removed) {
    await restoreReplaced(area, build);
    await area.storage.deleteDirectory(stagedPath(area, build.buildId));
  }
  return removed;
}

async function restoreReplaced(area: StagingArea, { buildId, owner }: StagedBuild): Promise<void> {
  if (owner === undefined) return;
  const { storage } = area;
  const root = stagedPath(area, buildId);
  const entries = await storage.list(root);
  for (const entry of entries.filter(({ name }) => name.startsWith(stagingFiles.replaced))) {
    const target = versionPath({ ...owner, config: owner.config });
    await storage.moveDirectory(`${root}/${entry.name}`, target).catch((error: unknown) => {
      // Another process may be clearing the same build away.
      if (!(error instanceof DatasetsError) || systemErrorCode(error.cause) !== 'ENOENT') throw error;
    });
  }
}
