import { DatasetsError } from '../../core/errors/index.js';
import { nearestHint } from '../../core/names/index.js';
import { isLocalStorage } from '../../storage/index.js';
import { writeAudit } from '../audit.js';
import { leasePath, stagingDirectory } from '../layout.js';
import { takeFreeLease, takeSilentLease } from '../lease/acquire-lease.js';
import type { Lease } from '../lease/lease.js';
import type { LeaseOptions } from '../lease/lease-options.js';
import { endPublication } from '../publish/end-publication.js';
import { withdraw } from '../publish/withdraw.js';
import type { Registry } from '../registry.js';
import { listStagedBuilds, type StagedBuild, type StagedBuildsOptions } from './staged-builds.js';
import { leaseSubject, type StagedBuildSubject } from './staged-target.js';
import { stagedPath, stagingArea } from './staging-area.js';

export interface RemoveBuildsOptions extends StagedBuildsOptions {
  /** Watches those that seem silent for as long as it takes to be sure, and removes them as well. */
  readonly watch?: boolean | undefined;
  /** Called before a silent build is watched. */
  readonly onWatch?: ((build: StagedBuild) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly lease?: Pick<LeaseOptions, 'timings' | 'clock' | 'lifeOf'> | undefined;
}

export interface RemovedBuild {
  readonly build: StagedBuild;
  /** Whether the version is there: the build had died while it was published, and that was brought to its end. */
  readonly published: boolean;
}

/**
 * Removes what builds left on which nobody works: the dead and those that were left, also to be resumed. A publication that died halfway is completed, where all
 * that was verified before is still there.
 *
 * @returns the builds that are gone.
 * @throws DatasetsError STORAGE_FAILED and the other faults of storages; INTERRUPTED while a silent build is watched.
 */
export async function removeAbandonedBuilds(
  registry: Registry,
  options: RemoveBuildsOptions = {},
): Promise<readonly RemovedBuild[]> {
  const removed: RemovedBuild[] = [];
  for (const build of await listStagedBuilds(registry, options)) {
    if (build.state === 'running') continue;
    const result = await removeAbandoned(registry, build, options);
    if (result !== undefined) removed.push(result);
  }
  return removed;
}

/**
 * Removes one build on which nobody works.
 *
 * @throws DatasetsError VERSION_UNKNOWN when there is no such build; BUILD_RUNNING when somebody works on it.
 */
export async function removeBuild(
  registry: Registry,
  buildId: string,
  options: RemoveBuildsOptions = {},
): Promise<RemovedBuild> {
  const builds = await listStagedBuilds(registry, options);
  const build = builds.find((candidate) => candidate.buildId === buildId);
  if (build === undefined) {
    throw new DatasetsError('BUILD_UNKNOWN', `there is no build ${buildId} in ${registry.location}`, {
      hint: nearestHint(
        buildId,
        builds.map((known) => known.buildId),
        'builds',
      ),
    });
  }
  const removed =
    build.state === 'running' ? undefined : await removeAbandoned(registry, build, { ...options, watch: true });
  if (removed !== undefined) return removed;
  const where = build.process === undefined ? '' : ` on ${build.process.host}, pid ${build.process.pid}`;
  throw new DatasetsError('BUILD_RUNNING', `${buildId} runs${where}`, {
    hint: 'Stop it first: its process removes or leaves its files in good order.',
  });
}

async function removeAbandoned(
  registry: Registry,
  build: StagedBuild,
  options: RemoveBuildsOptions,
): Promise<RemovedBuild | undefined> {
  const area = stagingArea(registry, options.workDirectory);
  const { target, buildId } = build;
  if (target === undefined) {
    // It died before it could say what it makes: no lease can name it.
    await area.storage.deleteDirectory(stagedPath(area, buildId));
    if (!isLocalStorage(registry.storage)) await registry.storage.deleteAll(`${stagingDirectory}/${buildId}`);
    return { build, published: false };
  }
  const subject = { name: target.name, config: target.config, version: target.version, buildId };
  for (;;) {
    const lease = await leaseOf(registry, build, subject, options);
    if (lease === undefined) return undefined;
    if (lease.unfinished === undefined) {
      await withdraw(registry, area, subject, lease);
      await lease.release();
      await writeAudit(registry, { action: 'remove-build', subject });
      return { build, published: false };
    }
    const isThis = lease.about['buildId'] === buildId;
    const published = await endPublication(registry, area, lease);
    if (isThis) return { build, published };
  }
}

async function leaseOf(
  registry: Registry,
  build: StagedBuild,
  subject: StagedBuildSubject,
  options: RemoveBuildsOptions,
): Promise<Lease | undefined> {
  const about = async () => leaseSubject(subject);
  const path = leasePath(subject);
  const free = await takeFreeLease(registry.storage, path, { ...options.lease, about });
  if (free !== undefined || build.state !== 'silent' || options.watch !== true) return free;
  options.onWatch?.(build);
  return takeSilentLease(registry.storage, path, { ...options.lease, about, signal: options.signal });
}
