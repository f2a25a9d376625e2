import { type ConfigName, compareVersions, type DatasetName, isConfigName, type Version } from '../core/names/index.js';
import { splitSnapshotConfig } from '../core/snapshots/index.js';
import { type Manifest, type Registry, readManifest, readYank, versionPath } from '../registry/index.js';
import type { BuildTarget } from './target.js';

/** A version that may be there. */
interface Candidate {
  readonly name: DatasetName;
  readonly config: ConfigName | undefined;
  readonly version: Version;
}

/**
 * What a build is compared with: the newest version before it of the same config. Of a snapshot the newest snapshot before it of the same version, or where there is none the newest of a version before.
 *
 * Versions that were yanked, and those that tfds prepared, which have no manifest, are passed over, as are parts that were pulled, and samples.
 *
 * @returns undefined for the first of its kind.
 */
export async function previousOf(
  { chosen, snapshot, reference }: BuildTarget,
  registry: Registry,
): Promise<Manifest | undefined> {
  const { name } = reference;
  const of = { name, ...chosen };
  const candidates =
    snapshot === undefined ? versionsBefore(of, registry) : snapshotsBefore(of, snapshot.name, registry);
  for await (const candidate of candidates) {
    const manifest = await usable(candidate, registry);
    if (manifest !== undefined) return manifest;
  }
  return undefined;
}

/** Of nights, a week: as many as a weekly rhythm takes. */
const mostRecent = 7;

/** The newest snapshots before that of a build, of the same version, by which drift is judged beside the one before; newest first. None of a build without one. */
export async function recentOf(
  { chosen, snapshot, reference }: BuildTarget,
  registry: Registry,
): Promise<readonly Manifest[]> {
  const found: Manifest[] = [];
  if (snapshot === undefined) return found;
  for await (const candidate of snapshotsBefore({ name: reference.name, ...chosen }, snapshot.name, registry)) {
    if (candidate.version !== chosen.version || found.length === mostRecent) return found;
    const manifest = await usable(candidate, registry);
    if (manifest !== undefined) found.push(manifest);
  }
  return found;
}

async function usable(candidate: Candidate, registry: Registry): Promise<Manifest | undefined> {
  if ((await readYank(registry.storage, candidate)) !== undefined) return undefined;
  const manifest = await readManifest(registry.storage, versionPath(candidate));
  // Neither has the counts of the version that it is of.
  const isPart = manifest?.partOf !== undefined || manifest?.fingerprint.parts['sample'] !== undefined;
  return isPart ? undefined : manifest;
}

/** Newest first. */
async function* versionsBefore({ name, config, version }: Candidate, registry: Registry): AsyncGenerator<Candidate> {
  for (const before of await registry.listVersions(name, config)) {
    if (compareVersions(before, version) < 0) yield { name, config, version: before };
  }
}

/** Newest first; those of the same version before all others. */
async function* snapshotsBefore(target: Candidate, snapshot: string, registry: Registry): AsyncGenerator<Candidate> {
  const { name, version } = target;
  const wanted = splitSnapshotConfig(target.config).config;
  const entries = await registry.storage.list(name);
  const configs = entries.flatMap(({ name: folder, kind }) => {
    if (kind !== 'directory' || !isConfigName(folder)) return [];
    const parts = splitSnapshotConfig(folder);
    // Names of one period have one length, and sort by time.
    if (parts.snapshot?.length !== snapshot.length || parts.config !== wanted || parts.snapshot > snapshot) return [];
    return [{ config: folder, at: parts.snapshot }];
  });
  configs.sort((a, b) => (a.at < b.at ? 1 : -1));
  for (const { config, at } of configs) if (at < snapshot) yield { name, config, version };
  for (const { config } of configs) yield* versionsBefore({ name, config, version }, registry);
}
