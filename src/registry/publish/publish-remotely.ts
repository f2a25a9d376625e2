import { join } from 'node:path';
import { DatasetsError, internalError } from '../../core/errors/index.js';
import { inParallel, isGcsStorage, type Storage } from '../../storage/index.js';
import { updateDefaultConfig } from '../default-config.js';
import { versionFiles, versionPath } from '../layout.js';
import type { Lease } from '../lease/lease.js';
import { type Manifest, readManifest } from '../manifest.js';
import type { Registry } from '../registry.js';
import { leaseSubject, type StagedBuildSubject } from '../staging/staged-target.js';
import type { StagedVersion } from '../staging/staged-version.js';
import { announceBuild } from './announce-build.js';
import { incomplete, inTheWay, versionExists } from './publish-errors.js';
import { firstDifference, isFile, objectsBelow, stagedObjects } from './staged-objects.js';

/** Each holds a part of its file in memory, 16 MiB. */
const parallelUploads = 8;
/** Of requests that carry no data. */
const parallelRequests = 32;

/**
 * Publishes to object storage, where no folder can be renamed: uploads all to the staging, checks it there by the server's checksums, and then has
 * the server copy it; `manifest.json` comes last, and with it the version is there.
 *
 * Up to the copying another build may take over (its lease decides); from then on whoever comes next ends the same copying. For n files it makes 3n
 * requests (upload, copy, delete), one for each thousand objects that it lists four times, and about forty more, however long they are.
 */
export async function publishRemotely(
  staged: StagedVersion,
  build: StagedBuildSubject,
  manifest: Manifest,
  elsewhere: ReadonlyMap<string, string>,
): Promise<void> {
  const { registry, lease } = staged;
  await upload(staged, manifest, elsewhere);
  const stranger = firstStranger(await objectsBelow(registry.storage, versionPath(build)), manifest);
  if (stranger !== undefined) throw inTheWay(registry, build, `${versionPath(build)}/${stranger}`);
  await lease.startPublishing(leaseSubject(build));
  await copyToPlace(registry, build, manifest, lease);
}

/**
 * Ends the publication of a build that died while it was copied.
 *
 * @returns whether the version is there now; not so where its staging was damaged meanwhile.
 */
export async function endRemotely(registry: Registry, build: StagedBuildSubject, lease: Lease): Promise<boolean> {
  const { storage } = registry;
  if ((await storage.stat(`${versionPath(build)}/${versionFiles.manifest}`)) !== undefined) return true;
  const manifest = await stagedManifest(storage, build);
  if (manifest === undefined) return false;
  if (firstDifference(await objectsBelow(storage, stagedObjects(build.buildId)), manifest) !== undefined) return false;
  await copyToPlace(registry, build, manifest, lease);
  return true;
}

async function stagedManifest(storage: Storage, build: StagedBuildSubject): Promise<Manifest | undefined> {
  try {
    return await readManifest(storage, stagedObjects(build.buildId));
  } catch (error) {
    if (error instanceof DatasetsError && error.code === 'MANIFEST_INVALID') return undefined;
    throw error;
  }
}

/** What an earlier attempt has uploaded with the right checksum is not sent again; what lies in a bucket already, the server copies. */
async function upload(
  staged: StagedVersion,
  manifest: Manifest,
  elsewhere: ReadonlyMap<string, string>,
): Promise<void> {
  const { storage } = staged.registry;
  const { buildId } = staged;
  await announceBuild(staged);
  const folder = stagedObjects(buildId);
  const there = await objectsBelow(storage, folder);
  const known = new Set(manifest.files.map(({ path }) => path));
  await inParallel(
    [...there.keys()].filter((path) => !known.has(path)),
    parallelRequests,
    (path) => storage.delete(`${folder}/${path}`),
  );
  const missing = manifest.files.filter((file) => !isFile(there.get(file.path), file));
  await inParallel(
    missing.filter(({ path }) => !elsewhere.has(path)),
    parallelUploads,
    ({ path, crc32c }) => storage.upload(join(staged.directory, path), `${folder}/${path}`, { crc32c }),
  );
  await inParallel(missing, parallelRequests, async ({ path }) => {
    const url = elsewhere.get(path);
    if (url !== undefined) await copyFrom(storage, url, `${folder}/${path}`);
  });
  await storage.upload(join(staged.directory, versionFiles.manifest), `${folder}/${versionFiles.manifest}`);
  const wrong = firstDifference(await objectsBelow(storage, folder), manifest);
  if (wrong !== undefined) {
    throw incomplete(staged, staged.registry.locationOf(folder), wrong, 'is not what was uploaded');
  }
}

async function copyFrom(storage: Storage, url: string, path: string): Promise<void> {
  if (!isGcsStorage(storage)) throw internalError(`${storage.location} can't copy ${url}`);
  await storage.copyFrom(url, path);
}

/** What lies in a version's place and is no file of it: a person put it there. */
function firstStranger(
  there: ReadonlyMap<string, Parameters<typeof isFile>[0]>,
  manifest: Manifest,
): string | undefined {
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  return [...there].find(([path, object]) => {
    const file = files.get(path);
    return file === undefined || !isFile(object, file);
  })?.[0];
}

/**
 * Copies what is not there yet: first the data, then what describes it. `dataset_info.json`, by which stock tfds takes a folder for a version, comes when all the
 * others are there, and `manifest.json`, by which we do, after it.
 */
async function copyToPlace(
  registry: Registry,
  build: StagedBuildSubject,
  manifest: Manifest,
  lease: Lease,
): Promise<void> {
  const { storage } = registry;
  const place = versionPath(build);
  const folder = stagedObjects(build.buildId);
  const there = await objectsBelow(storage, place);
  const missing = manifest.files.map(({ path }) => path).filter((path) => !there.has(path));
  const copy = (path: string) => storage.copyIfAbsent(`${folder}/${path}`, `${place}/${path}`);
  const isDescription = (path: string) => path === versionFiles.datasetInfo || path === versionFiles.features;
  await inParallel(
    missing.filter((path) => !isDescription(path)),
    parallelRequests,
    copy,
  );
  const wrong = firstWrong(await objectsBelow(storage, place), manifest, isDescription);
  if (wrong !== undefined) throw inTheWay(registry, build, `${place}/${wrong}`);
  await updateDefaultConfig(storage, build, build.defaultConfig);
  for (const path of missing.filter(isDescription).reverse()) await copy(path);
  await lease.check();
  if (await storage.copyIfAbsent(`${folder}/${versionFiles.manifest}`, `${place}/${versionFiles.manifest}`)) return;
  // Somebody who took this process for dead has ended the same publication, or another one.
  const published = await readManifest(storage, place);
  if (published?.selfDigest !== manifest.selfDigest) throw versionExists(registry, build);
}

function firstWrong(
  objects: Parameters<typeof firstStranger>[0],
  manifest: Manifest,
  isLater: (path: string) => boolean,
): string | undefined {
  return manifest.files.find((file) => !isLater(file.path) && !isFile(objects.get(file.path), file))?.path;
}
