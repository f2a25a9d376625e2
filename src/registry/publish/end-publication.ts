import { isLocalStorage } from '../../storage/index.js';
import { writeAudit } from '../audit.js';
import type { Lease } from '../lease/lease.js';
import type { Registry } from '../registry.js';
import { buildOfLease, type StagedBuildSubject } from '../staging/staged-target.js';
import type { StagingArea } from '../staging/staging-area.js';
import { endLocally } from './publish-locally.js';
import { endRemotely } from './publish-remotely.js';
import { withdraw } from './withdraw.js';

/**
 * Ends a publication whose process died: completes it where all that was verified before is still there, else removes it. The lease is released then.
 *
 * @param lease taken over from the dead process.
 * @returns whether the version is there now.
 */
export async function endPublication(registry: Registry, area: StagingArea, lease: Lease): Promise<boolean> {
  try {
    const build = lease.unfinished === undefined ? undefined : buildOfLease(lease.unfinished);
    const isThere = build !== undefined && (await endBuild(registry, area, build, lease));
    await lease.release();
    return isThere;
  } catch (error) {
    // Not ended: that is left to the next one.
    await lease.leave();
    throw error;
  }
}

async function endBuild(
  registry: Registry,
  area: StagingArea,
  build: StagedBuildSubject,
  lease: Lease,
): Promise<boolean> {
  const isLocal = isLocalStorage(registry.storage);
  const isThere = isLocal ? await endLocally(area, build) : await endRemotely(registry, build, lease);
  await withdraw(registry, area, build, lease);
  await writeAudit(registry, { action: isThere ? 'complete-publish' : 'abandon-publish', subject: build });
  return isThere;
}
