import { isLocalStorage } from '../../storage/index.js';
import { leasePath, stagingDirectory } from '../layout.js';
import { takeFreeLease } from '../lease/acquire-lease.js';
import { lifeOf } from '../process-identity.js';
import { endPublication } from '../publish/end-publication.js';
import { withdraw } from '../publish/withdraw.js';
import type { Registry } from '../registry.js';
import type { ChosenStaging } from './choose-staging.js';
import { isSameTarget, leaseSubject, type StagedTarget } from './staged-target.js';
import { type StagingArea, stagedFolders, stagedPath } from './staging-area.js';
import { readOwner, type StagingOwner, stagingFiles } from './staging-files.js';

/**
 * Removes what no build will ever go on with: all that was staged for the version that is now made in another way, and what died on this machine and can't be
 * resumed, or was published.
 *
 * @param chosen the staging of the build that begins, whose lease the caller holds.
 */
export async function removeUseless(
  registry: Registry,
  area: StagingArea,
  target: StagedTarget,
  chosen: ChosenStaging,
): Promise<void> {
  for (const buildId of await stagedFolders(area.storage, area.folder)) {
    if (buildId === chosen.buildId) continue;
    const owner = await readOwner(area.storage, stagedPath(area, buildId, stagingFiles.owner));
    if (owner === undefined) continue;
    if (isSameTarget(owner, target)) await area.storage.deleteDirectory(stagedPath(area, buildId));
    else if (
      owner.process !== undefined &&
      lifeOf(owner.process) === 'dead' &&
      !(await isResumable(area, owner, buildId))
    ) {
      await removeDead(registry, area, owner, buildId);
    }
  }
  if (!isLocalStorage(registry.storage)) await removeUploads(registry, target, chosen);
}

/** A build that died after the rename which published it has no version in its staging any more. */
async function isResumable(area: StagingArea, { identity }: StagingOwner, buildId: string): Promise<boolean> {
  if (identity === undefined) return false;
  return (await area.storage.modified(stagedPath(area, buildId, stagingFiles.version))) !== undefined;
}

async function removeDead(registry: Registry, area: StagingArea, target: StagedTarget, buildId: string): Promise<void> {
  const build = { name: target.name, config: target.config, version: target.version, buildId };
  const about = async () => leaseSubject(build);
  const lease = await takeFreeLease(registry.storage, leasePath(target), { about });
  if (lease === undefined) return;
  if (lease.unfinished !== undefined) {
    await endPublication(registry, area, lease);
    return;
  }
  await withdraw(registry, area, build, lease);
  await lease.release();
}

async function removeUploads(registry: Registry, target: StagedTarget, chosen: ChosenStaging): Promise<void> {
  const { storage } = registry;
  for (const buildId of await stagedFolders(storage, stagingDirectory)) {
    if (buildId === chosen.buildId) continue;
    const folder = `${stagingDirectory}/${buildId}`;
    const owner = await readOwner(storage, `${folder}/${stagingFiles.owner}`);
    if (owner !== undefined && isSameTarget(owner, target)) await storage.deleteAll(folder);
  }
}
