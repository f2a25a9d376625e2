import { DatasetsError } from '../../core/errors/index.js';
import { type Json, type JsonObject, parseJson } from '../../core/json/index.js';
import {
  formatReference,
  isVersion,
  matchesVersion,
  type Version,
  type VersionPattern,
} from '../../core/names/index.js';
import type { Storage } from '../../storage/index.js';
import { generationNumbers, generationPath } from '../generations.js';
import { locationOf } from '../location.js';
import type { VersionName } from '../version-name.js';

/** That a version is not to be used any more. Its bytes stay as they are. */
export interface Yank {
  readonly reason: string;
  readonly actor: string;
  /** ISO 8601 */
  readonly yankedAt: string;
}

/** Beside the versions of a data set or config, under a name that none of them can have. */
function yankFolder({ name, config }: Pick<VersionName, 'name' | 'config'>): string {
  return config === undefined ? `${name}/.yanked` : `${name}/${config}/.yanked`;
}

/** The row of a version: its newest generation says whether it is yanked. */
export function yankPath(version: VersionName): string {
  return `${yankFolder(version)}/${version.version}`;
}

/** Whether a version is yanked, and why: undefined where it is not. One request where it never was. */
export async function readYank(storage: Storage, version: VersionName): Promise<Yank | undefined> {
  return readYankAt(storage, version, await newestYankNumber(storage, version));
}

/** From 1; 0 where the version was never yanked. */
export async function newestYankNumber(storage: Storage, version: VersionName): Promise<number> {
  return (await generationNumbers(storage, yankPath(version))).at(-1) ?? 0;
}

/** What a generation says: undefined where there is none, and where it takes a yank back. */
export async function readYankAt(
  storage: Storage,
  version: VersionName,
  generation: number,
): Promise<Yank | undefined> {
  if (generation === 0) return undefined;
  const file = generationPath(yankPath(version), generation);
  const bytes = await storage.read(file);
  return bytes && parseYank(bytes, locationOf(storage, file));
}

/**
 * The yanked versions of a data set without config, or of one of its configs. One request where none was ever yanked.
 *
 * @param pattern asks only for those that match it.
 */
export async function readYanks(
  storage: Storage,
  of: Pick<VersionName, 'name' | 'config'>,
  pattern?: VersionPattern,
): Promise<ReadonlyMap<Version, Yank>> {
  const entries = await storage.list(yankFolder(of));
  const versions = entries.flatMap(({ name, kind }) => (kind === 'directory' && isVersion(name) ? [name] : []));
  const found = new Map<Version, Yank>();
  for (const version of versions) {
    if (pattern !== undefined && !matchesVersion(pattern, version)) continue;
    const yank = await readYank(storage, { ...of, version });
    if (yank !== undefined) found.set(version, yank);
  }
  return found;
}

/** @throws DatasetsError MANIFEST_INVALID for what nobody can read: guessing would serve what somebody took back. */
function parseYank(bytes: Uint8Array, file: string): Yank | undefined {
  const json = parseJson(bytes, file);
  if (!isObject(json) || typeof json['yanked'] !== 'boolean') {
    throw new DatasetsError('MANIFEST_INVALID', `${file} doesn't say whether a version is yanked`, {
      hint: 'Something else wrote it. Yank or unyank the version again.',
      at: { file },
    });
  }
  if (!json['yanked']) return undefined;
  const { reason, actor, changedAt } = json;
  return { reason: textOf(reason), actor: textOf(actor), yankedAt: textOf(changedAt) };
}

function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Of a field that only people read: nothing where something else wrote it. */
function textOf(field: unknown): string {
  return typeof field === 'string' ? field : '';
}

/** What whoever asks for a yanked version is told. */
export function yankText(version: VersionName, { yankedAt, actor, reason }: Yank): string {
  return `${formatReference(version)} was yanked on ${yankedAt.slice(0, 10)} by ${actor}: ${reason}`;
}

/** For those who may not use it, or don't want to. */
export function versionYanked(version: VersionName, yank: Yank, location: string): DatasetsError {
  return new DatasetsError('VERSION_YANKED', `${yankText(version, yank)} (${location})`, {
    hint: `Take another version; ${formatReference({ name: version.name, config: version.config })} alone means the newest that is not yanked.`,
    at: { dataset: version.name },
  });
}
