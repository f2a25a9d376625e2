import { DatasetsError } from '../../core/errors/index.js';
import { formatReference } from '../../core/names/index.js';
import { isLocalStorage } from '../../storage/index.js';
import type { Registry } from '../registry.js';
import type { StagedTarget } from '../staging/staged-target.js';

export function versionExists(registry: Registry, target: StagedTarget): DatasetsError {
  const reference = formatReference(target);
  return new DatasetsError('VERSION_EXISTS', `${reference} is already published in ${registry.location}`, {
    hint: 'A published version never changes: raise the version, or use --overwrite on a registry of your own.',
    at: { dataset: target.name },
  });
}

/** @throws DatasetsError VERSION_IMMUTABLE for a registry that others read: what they have read never changes. */
export function refuseOverwrite(registry: Registry, target: StagedTarget): void {
  if (isLocalStorage(registry.storage)) return;
  const reference = formatReference(target);
  throw new DatasetsError('VERSION_IMMUTABLE', `${reference} can't be overwritten in ${registry.location}`, {
    hint: 'A shared registry keeps every version as it was published: raise the version. Only a registry in a local directory can be overwritten.',
    at: { dataset: target.name },
  });
}

export function inTheWay(registry: Registry, target: StagedTarget, path: string): DatasetsError {
  const place = registry.locationOf(path);
  return new DatasetsError('STORAGE_FAILED', `${place} is in the way: it holds files but is no version`, {
    hint: 'Something else wrote there. Look at it and remove it, or publish with --overwrite.',
    at: { dataset: target.name, file: place },
  });
}

/** @param where the staging, for people */
export function incomplete(target: StagedTarget, where: string, file: string, what: string): DatasetsError {
  return new DatasetsError(
    'MANIFEST_INVALID',
    `${formatReference(target)} can't be published: in ${where} the file ${file} ${what}`,
    { hint: 'Nothing was published. Build it again.', at: { dataset: target.name, file } },
  );
}
