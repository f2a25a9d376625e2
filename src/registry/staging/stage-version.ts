import { DatasetsError } from '../../core/errors/index.js';
import { refuseGcsfuse } from '../../storage/index.js';
import { formatJson } from '../format-json.js';
import { leasePath, versionPath } from '../layout.js';
import { acquireLease } from '../lease/acquire-lease.js';
import type { Lease } from '../lease/lease.js';
import type { LeaseHolder, LeaseOptions } from '../lease/lease-options.js';
import { currentProcess } from '../process-identity.js';
import { endPublication } from '../publish/end-publication.js';
import { refuseOverwrite, versionExists } from '../publish/publish-errors.js';
import type { Registry } from '../registry.js';
import { settleRemoval } from '../retention/remove-version.js';
import { isVersionDirectory } from '../version-directory.js';
import { type ChosenStaging, chooseStaging } from './choose-staging.js';
import { removeUseless } from './remove-useless.js';
import { leaseSubject, parseTarget, type StagedTarget } from './staged-target.js';
import { StagedVersion } from './staged-version.js';
import { type StagingArea, stagedPath, stagingArea } from './staging-area.js';
import { type StagingOwner, stagingFiles } from './staging-files.js';

export interface StageOptions {
  /**
   * What makes this build the same as an earlier one, whose staging it goes on with: letters, digits and `_`. Default: a random one, so that nothing
   * is ever resumed.
   */
  readonly identity?: string | undefined;
  /** Starts clean where an earlier build of the same identity left something. */
  readonly restart?: boolean | undefined;
  /** Absolute; where builds for a remote registry are staged. A local registry stages in itself. */
  readonly workDirectory?: string | undefined;
  /** Stages also what is published already, to be published with `overwrite`. */
  readonly overwrite?: boolean | undefined;
  /** Called when somebody else builds the version, once for each. */
  readonly onWaiting?: ((holder: LeaseHolder) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of the lease; tests shorten them. */
  readonly lease?: Pick<LeaseOptions, 'timings' | 'clock' | 'process' | 'lifeOf'> | undefined;
}

/**
 * Makes a place for a build and takes the lease of its version: nothing of it is visible as a version until `publish`.
 *
 * Where somebody else builds the version, waits until that is published or given up, or its process has died. What dead builds left is removed first, unless it can be
 * resumed: their spill may be all that the disk has left. A publication that died halfway is brought to its end.
 *
 * @throws DatasetsError VERSION_EXISTS when the version is published, also by the build that was waited for; NAME_INVALID, STORAGE_FULL, STORAGE_FAILED, INTERRUPTED;
 *   CONFIG_INVALID for a remote registry without a `workDirectory`; STORAGE_UNSUITABLE for a directory on a gcsfuse mount; VERSION_IMMUTABLE for an overwrite there.
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
  const target = parseTarget(wanted);
  checkIdentity(options.identity);
  if (options.overwrite === true) refuseOverwrite(registry, target);
  const area = stagingArea(registry, options.workDirectory);
  refuseGcsfuse(area.storage.location, 'publish through');
  const { lease, chosen } = await takeVersion(registry, area, target, options);
  try {
    await settleRemoval(registry, target);
    if (options.overwrite !== true && (await isVersionDirectory(registry.storage, versionPath(target)))) {
      throw versionExists(registry, target);
    }
    await removeUseless(registry, area, target, chosen);
    return await prepare(registry, area, target, chosen, lease, options);
  } catch (error) {
    await lease.release();
    throw error;
  }
}

/** Takes the lease, after ending what died while it was being published. */
async function takeVersion(
  registry: Registry,
  area: StagingArea,
  target: StagedTarget,
  options: StageOptions,
): Promise<{ readonly lease: Lease; readonly chosen: ChosenStaging }> {
  for (;;) {
    let chosen: ChosenStaging | undefined;
    const lease = await acquireLease(registry.storage, leasePath(target), {
      ...options.lease,
      onWaiting: options.onWaiting,
      signal: options.signal,
      about: async () => {
        chosen = await chooseStaging(registry, area, target, options.identity);
        return leaseSubject({ ...target, buildId: chosen.buildId });
      },
    });
    if (lease.unfinished === undefined && chosen !== undefined) return { lease, chosen };
    await endPublication(registry, area, lease);
  }
}

async function prepare(
  registry: Registry,
  area: StagingArea,
  target: StagedTarget,
  { buildId, resumed }: ChosenStaging,
  lease: Lease,
  options: StageOptions,
): Promise<StagedVersion> {
  const { storage } = area;
  const path = (name: string) => stagedPath(area, buildId, name);
  const startsClean = options.restart === true && resumed;
  if (startsClean) await storage.deleteDirectory(stagedPath(area, buildId));
  const owner: StagingOwner = {
    ...target,
    identity: options.identity,
    startedAt: new Date().toISOString(),
    process: currentProcess(),
  };
  await storage.write(path(stagingFiles.owner), formatJson(owner), { sync: false });
  await storage.makeDirectory(path(stagingFiles.version));
  await storage.makeDirectory(path(stagingFiles.work));
  return new StagedVersion({ registry, area, buildId, owner, lease, resumed: resumed && !startsClean });
}

function checkIdentity(identity: string | undefined): void {
  if (identity === undefined || /^[A-Za-z0-9_]{1,64}$/.test(identity)) return;
  throw new DatasetsError('INTERNAL', `${JSON.stringify(identity)} can't name a build's folder`, {
    hint: 'Report this with the command that you ran.',
  });
}
