import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { isLocalStorage } from '../../storage/index.js';
import { lifeOf } from '../process-identity.js';
import type { Registry } from '../registry.js';
import { isSameTarget, type StagedTarget } from './staged-target.js';
import { type StagingArea, stagedFolders, stagedPath } from './staging-area.js';
import { readOwner, type StagingOwner, stagingFiles } from './staging-files.js';

/** Where a build works. */
export interface ChosenStaging {
  readonly buildId: string;
  /** Whether it goes on with what lies there. */
  readonly resumed: boolean;
}

/**
 * Finds what an earlier build of the same identity left, or a folder of its own.
 *
 * A folder is taken over only where nobody can still be writing in it. A process that was taken for dead, because its host could not be seen, may
 * yet wake up: in a directory that hosts share it would write into the new build.
 */
export async function chooseStaging(
  registry: Registry,
  area: StagingArea,
  target: StagedTarget,
  identity: string | undefined,
): Promise<ChosenStaging> {
  const base = [target.name, target.config, target.version, identity].filter(Boolean).join('-');
  if (identity === undefined) return { buildId: `${base}-${nonce()}`, resumed: false };
  const folders = await stagedFolders(area.storage, area.folder);
  for (const buildId of folders.filter((folder) => folder.startsWith(base))) {
    const owner = await readOwner(area.storage, stagedPath(area, buildId, stagingFiles.owner));
    if (owner?.identity !== identity || !isSameTarget(owner, target)) continue;
    if (isDeserted(owner, registry)) return { buildId, resumed: true };
  }
  return { buildId: folders.includes(base) ? `${base}-${nonce()}` : base, resumed: false };
}

/** Asked by whoever takes the version's lease, so that a process which can't be seen has been silent for long. */
function isDeserted(owner: StagingOwner, registry: Registry): boolean {
  if (owner.process === undefined || lifeOf(owner.process) === 'dead') return true;
  const isShared = isLocalStorage(registry.storage) && owner.process.host !== hostname();
  return lifeOf(owner.process) !== 'alive' && !isShared;
}

function nonce(): string {
  return randomUUID().slice(0, 8);
}
