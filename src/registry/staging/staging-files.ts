import { parseJson } from '../../core/json/index.js';
import { isConfigName, isDatasetName, isVersion } from '../../core/names/index.js';
import type { Storage } from '../../storage/index.js';
import { isProcessIdentity, type ProcessIdentity } from '../process-identity.js';
import type { StagedTarget } from './staged-target.js';

/** Names inside a build's staging. */
export const stagingFiles = {
  owner: 'owner.json',
  version: 'version',
  work: 'work',
  /** What queries gave, to be kept in the registry. */
  retained: 'retained',
  /** Which extracts of the registry the build needs, as long as no version names them. */
  claims: 'extracts.json',
  /** Why the build was not published. In the registry, also where the rest lies on a machine. */
  refusal: 'refused.json',
  /** One of them, on its way into a registry that is a directory. */
  extract: 'extract',
  /** The version that an overwrite moved aside, until the new one stands. */
  replaced: 'replaced',
} as const;

/** What `owner.json` says of a staged build. */
export interface StagingOwner extends StagedTarget {
  /** Builds of one identity go on with each other's work; undefined where none ever does. */
  readonly identity?: string | undefined;
  /** ISO 8601 */
  readonly startedAt: string;
  /** Who writes here; undefined where the build ended in good order and left its work to another. */
  readonly process?: ProcessIdentity | undefined;
}

/** @returns undefined where there is none that makes sense: the build died before it could say whose it is. */
export async function readOwner(storage: Storage, path: string): Promise<StagingOwner | undefined> {
  const bytes = await storage.read(path);
  if (bytes === undefined) return undefined;
  try {
    const owner: unknown = parseJson(bytes, path);
    return isOwner(owner) ? owner : undefined;
  } catch {
    // Damaged by the crash that left it behind.
    return undefined;
  }
}

function isOwner(value: unknown): value is StagingOwner {
  if (typeof value !== 'object' || value === null) return false;
  if (!('name' in value && 'version' in value && 'startedAt' in value)) return false;
  if ('process' in value && !isProcessIdentity(value.process)) return false;
  const { name, version } = value;
  if (typeof name !== 'string' || !isDatasetName(name) || typeof version !== 'string' || !isVersion(version))
    return false;
  const config = 'config' in value ? value.config : undefined;
  return config === undefined || (typeof config === 'string' && isConfigName(config));
}
