import { DatasetsError } from '../../core/errors/index.js';
import { type Json, type JsonObject, parseJson } from '../../core/json/index.js';
import { formatReference, isVersion } from '../../core/names/index.js';
import type { Storage } from '../../storage/index.js';
import { formatJson } from '../format-json.js';
import { locationOf } from '../location.js';
import type { VersionName } from '../version-name.js';

/** What stays of a version that was removed. */
export interface Tombstone extends VersionName {
  /** `removing`: files of it may still be there; whoever holds the version's lease next removes the rest. */
  readonly state: 'removing' | 'removed';
  /** Only this content may be published under the version again. */
  readonly contentDigest: string;
  /** Of the files that were removed. */
  readonly bytes: number;
  /** ISO 8601 */
  readonly createdAt: string;
  /** ISO 8601 */
  readonly removedAt: string;
  readonly actor: string;
  readonly reason: string;
}

/** Beside the versions of a data set or config, under a name that none of them can have. */
const folder = '.removed';

export function tombstoneFolder({ name, config }: Pick<VersionName, 'name' | 'config'>): string {
  return config === undefined ? `${name}/${folder}` : `${name}/${config}/${folder}`;
}

export function tombstonePath(version: VersionName): string {
  return `${tombstoneFolder(version)}/${version.version}.json`;
}

/** Where a local registry moves a version to that is being removed: in one step it is none any more. */
export function burialPath(version: VersionName): string {
  return `${tombstoneFolder(version)}/${version.version}`;
}

/** @returns undefined where the version was never removed. */
export async function readTombstone(storage: Storage, version: VersionName): Promise<Tombstone | undefined> {
  const path = tombstonePath(version);
  const bytes = await storage.read(path);
  return bytes === undefined ? undefined : parseTombstone(bytes, locationOf(storage, path), version);
}

export async function writeTombstone(storage: Storage, tombstone: Tombstone): Promise<void> {
  await storage.write(tombstonePath(tombstone), formatJson(tombstone));
}

/** The tombstones of a data set's versions without config, or of one of its configs. */
export async function listTombstones(
  storage: Storage,
  of: Pick<VersionName, 'name' | 'config'>,
): Promise<readonly Tombstone[]> {
  const entries = await storage.list(tombstoneFolder(of));
  const versions = entries.filter(({ kind, name }) => kind === 'object' && name.endsWith('.json'));
  const names = versions.map(({ name }) => name.slice(0, -'.json'.length)).filter(isVersion);
  const found = await Promise.all(names.map((version) => readTombstone(storage, { ...of, version })));
  return found.filter((tombstone) => tombstone !== undefined);
}

function parseTombstone(bytes: Uint8Array, file: string, version: VersionName): Tombstone {
  const json = parseJson(bytes, file);
  if (!isObject(json)) throw invalid(file, 'it is no object');
  const { state, bytes: size } = json;
  if (state !== 'removing' && state !== 'removed') throw invalid(file, 'its state is neither removing nor removed');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw invalid(file, 'bytes is no count');
  return {
    ...version,
    state,
    contentDigest: textOf(json, 'contentDigest', file),
    bytes: size,
    createdAt: textOf(json, 'createdAt', file),
    removedAt: textOf(json, 'removedAt', file),
    actor: textOf(json, 'actor', file),
    reason: textOf(json, 'reason', file),
  };
}

function textOf(json: JsonObject, field: string, file: string): string {
  const value = Object.hasOwn(json, field) ? json[field] : undefined;
  if (typeof value === 'string') return value;
  throw invalid(file, `${field} is no text`);
}

function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function invalid(file: string, what: string): DatasetsError {
  return new DatasetsError('MANIFEST_INVALID', `${file} is no record of a removed version: ${what}`, {
    hint: 'It was changed by hand or damaged. Restore it, or remove it to forget that the version was removed.',
    at: { file },
  });
}

/** What whoever asks for a removed version is told. */
export function versionRemoved(tombstone: Tombstone, location: string): DatasetsError {
  const { removedAt, actor, reason } = tombstone;
  const when = removedAt.slice(0, 10);
  const reference = formatReference(tombstone);
  return new DatasetsError(
    'VERSION_REMOVED',
    `${reference} was removed from ${location} on ${when} by ${actor}: ${reason}`,
    {
      hint: 'Take another version, or build it again: the same content is published as it was.',
      at: { dataset: tombstone.name },
    },
  );
}
