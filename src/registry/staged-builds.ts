import type { LocalStorage } from '../storage/index.js';
import { deadAfterMilliseconds } from './heartbeat.js';
import { stagingDirectory, versionPath } from './layout.js';
import { isAlive } from './process-identity.js';
import type { Registry } from './registry.js';
import { type StagingOwner, stagingFiles } from './staging.js';

/** A build that was started on a registry and neither published nor discarded. */
export interface StagedBuild {
  readonly buildId: string;
  /** Undefined when the build died before it could say whose it is. */
  readonly owner: StagingOwner | undefined;
  readonly lastHeartbeat: Date | undefined;
  readonly state: 'running' | 'abandoned';
}

/**
 * The builds that are staged on a registry: those that run, and those whose process died.
 *
 * A process on this host is looked up; one elsewhere counts as dead when its heartbeat is 30 minutes old.
 *
 * @param now the time to compare heartbeats with.
 */
export async function listStagedBuilds(registry: Registry, now: Date = new Date()): Promise<readonly StagedBuild[]> {
  const { storage } = registry;
  const entries = await storage.list(stagingDirectory);
  const folders = entries.filter((entry) => entry.kind === 'directory');
  return Promise.all(folders.map((entry) => inspect(storage, entry.name, now)));
}

async function inspect(storage: LocalStorage, buildId: string, now: Date): Promise<StagedBuild> {
  const root = `${stagingDirectory}/${buildId}`;
  const owner = readOwner(await storage.read(`${root}/${stagingFiles.owner}`));
  const heartbeat = await storage.stat(`${root}/${stagingFiles.heartbeat}`);
  const lastHeartbeat = heartbeat?.modified;
  const alive = owner === undefined ? undefined : isAlive(owner.process);
  const silent = now.getTime() - (lastHeartbeat?.getTime() ?? 0) > deadAfterMilliseconds;
  return { buildId, owner, lastHeartbeat, state: (alive ?? !silent) ? 'running' : 'abandoned' };
}

function readOwner(bytes: Uint8Array | undefined): StagingOwner | undefined {
  if (bytes === undefined) return undefined;
  try {
    const owner: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof owner === 'object' && owner !== null && 'process' in owner ? (owner as StagingOwner) : undefined;
  } catch {
    // Damaged by the crash that left it behind: the build is judged by its heartbeat alone.
    return undefined;
  }
}

/**
 * Removes what a dead build left, and puts back the version that it had moved aside to overwrite, if nothing took its place.
 *
 * @returns the builds that were removed.
 */
export async function removeAbandonedBuilds(
  registry: Registry,
  now: Date = new Date(),
): Promise<readonly StagedBuild[]> {
  const abandoned = (await listStagedBuilds(registry, now)).filter((build) => build.state === 'abandoned');
  for (const build of abandoned) {
    await restoreReplaced(registry.storage, build);
    await registry.storage.deleteDirectory(`${stagingDirectory}/${build.buildId}`);
  }
  return abandoned;
}

async function restoreReplaced(storage: LocalStorage, { buildId, owner }: StagedBuild): Promise<void> {
  if (owner === undefined) return;
  const root = `${stagingDirectory}/${buildId}`;
  const entries = await storage.list(root);
  for (const entry of entries.filter(({ name }) => name.startsWith(stagingFiles.replaced))) {
    await storage.moveDirectory(`${root}/${entry.name}`, versionPath({ ...owner, config: owner.config }));
  }
}
