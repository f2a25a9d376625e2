import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import { isLocalStorage, LocalStorage, type Storage } from '../../storage/index.js';
import { stagingDirectory } from '../layout.js';
import type { Registry } from '../registry.js';
import { isBuildId } from './staged-target.js';

/** Where the builds of a registry are staged: always a local directory, because engines and writers work on files. */
export interface StagingArea {
  readonly storage: LocalStorage;
  /** Inside the storage; `''` where the storage is nothing else. */
  readonly folder: string;
}

/**
 * The staging of a registry: inside a local one, so that a version appears by one rename; else a folder of this machine.
 *
 * @param workDirectory absolute; where builds for remote registries are staged. Each registry has a folder of its own there.
 * @throws DatasetsError CONFIG_INVALID when the registry is remote and no directory is given.
 */
export function stagingArea(registry: Registry, workDirectory: string | undefined): StagingArea {
  const { storage } = registry;
  if (isLocalStorage(storage)) return { storage, folder: stagingDirectory };
  if (workDirectory === undefined) {
    throw new DatasetsError('CONFIG_INVALID', `builds for ${registry.location} need a local directory to work in`, {
      hint: 'Set workDirectory in the configuration.',
    });
  }
  const folder = createHash('sha256').update(registry.location).digest('hex').slice(0, 16);
  return { storage: new LocalStorage(join(workDirectory, folder)), folder: '' };
}

/** The path of a build, or of something of it, inside the area's storage. */
export function stagedPath(area: StagingArea, buildId: string, name?: string): string {
  return [area.folder, buildId, name].filter(Boolean).join('/');
}

/** The builds that have a folder in a storage. */
export async function stagedFolders(storage: Storage, folder: string): Promise<readonly string[]> {
  const entries = await storage.list(folder);
  return entries.flatMap(({ name, kind }) => (kind === 'directory' && isBuildId(name) ? [name] : []));
}
