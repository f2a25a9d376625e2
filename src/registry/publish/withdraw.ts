import { isLocalStorage } from '../../storage/index.js';
import { stagingDirectory, versionFiles, versionPath } from '../layout.js';
import type { Lease } from '../lease/lease.js';
import type { Registry } from '../registry.js';
import type { StagedBuildSubject } from '../staging/staged-target.js';
import { type StagingArea, stagedPath } from '../staging/staging-area.js';
import { restoreReplaced } from './publish-locally.js';

/**
 * Removes everything of a build that is not a published version: its staging, and what it has copied to the version's place.
 *
 * Does nothing where somebody else has taken the lease: what lies there is theirs now.
 */
export async function withdraw(
  registry: Registry,
  area: StagingArea,
  build: StagedBuildSubject,
  lease: Lease,
): Promise<void> {
  if (!(await lease.isHeld())) return;
  const { storage } = registry;
  if (isLocalStorage(storage)) {
    await restoreReplaced(area, build);
  } else {
    const place = versionPath(build);
    const isPart = lease.isPublishing && (await storage.stat(`${place}/${versionFiles.manifest}`)) === undefined;
    // The staging first: a copy that a dead process had asked for can't arrive any more when its source is gone.
    await storage.deleteAll(`${stagingDirectory}/${build.buildId}`);
    if (isPart) await storage.deleteAll(place);
  }
  await area.storage.deleteDirectory(stagedPath(area, build.buildId));
}
