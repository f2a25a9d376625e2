import { DatasetsError } from '../../core/errors/index.js';
import { type LocalStorage, storageError, syncTree, systemErrorCode } from '../../storage/index.js';
import { updateDefaultConfig } from '../default-config.js';
import { versionPath } from '../layout.js';
import { type Manifest, type ManifestContent, readManifest } from '../manifest.js';
import { leaseSubject, type StagedBuildSubject } from '../staging/staged-target.js';
import type { StagedVersion } from '../staging/staged-version.js';
import { type StagingArea, stagedPath } from '../staging/staging-area.js';
import { stagingFiles } from '../staging/staging-files.js';
import { isVersionDirectory } from '../version-directory.js';
import { writeManifest } from '../write-metadata.js';
import { checkStaged } from './check-staged.js';
import { inTheWay, versionExists } from './publish-errors.js';

/** How often an overwrite gives way to files that somebody else puts into its place at the same moment. */
const overwriteAttempts = 10;

/** Renames a staged version to its place, after syncing all of it to the disk. */
export async function publishLocally(
  staged: StagedVersion,
  build: StagedBuildSubject,
  manifest: Manifest,
): Promise<void> {
  const { files } = staged;
  await sync(staged.directory);
  await staged.lease.startPublishing(leaseSubject(build));
  await updateDefaultConfig(files, build, build.defaultConfig);
  if (build.overwrite === true) await replaceVersion(staged, manifest);
  else if (!(await files.moveDirectory(staged.path(stagingFiles.version), versionPath(build))))
    throw await taken(staged);
}

/**
 * Ends the publication of a build that died: the rename that it had come to.
 *
 * @returns whether the version is there now.
 */
export async function endLocally(area: StagingArea, build: StagedBuildSubject): Promise<boolean> {
  const { storage } = area;
  const target = versionPath(build);
  if (await isVersionDirectory(storage, target)) return true;
  const version = stagedPath(area, build.buildId, stagingFiles.version);
  if (build.overwrite === true || !(await isWhole(storage, version, build))) return false;
  await sync(storage.absolute(version));
  await updateDefaultConfig(storage, build, build.defaultConfig);
  return storage.moveDirectory(version, target);
}

async function isWhole(storage: LocalStorage, version: string, build: StagedBuildSubject): Promise<boolean> {
  try {
    await checkStaged(storage, version, build);
    return true;
  } catch (error) {
    if (error instanceof DatasetsError && error.code === 'MANIFEST_INVALID') return false;
    throw error;
  }
}

/** Puts back a version that a build had moved aside to overwrite, if nothing took its place. */
export async function restoreReplaced(area: StagingArea, build: StagedBuildSubject): Promise<void> {
  const { storage } = area;
  const root = stagedPath(area, build.buildId);
  const entries = await storage.list(root);
  for (const entry of entries.filter(({ name }) => name.startsWith(stagingFiles.replaced))) {
    await storage.moveDirectory(`${root}/${entry.name}`, versionPath(build)).catch((error: unknown) => {
      // Another process may be clearing the same build away.
      if (!(error instanceof DatasetsError) || systemErrorCode(error.cause) !== 'ENOENT') throw error;
    });
  }
}

/** rename(2) can't exchange two directories, so the old one steps aside first; a crash in between is mended by `restoreReplaced`. */
async function replaceVersion(staged: StagedVersion, manifest: Manifest): Promise<void> {
  const storage = staged.files;
  const target = versionPath(staged);
  const version = staged.path(stagingFiles.version);
  let recorded: ManifestContent = manifest;
  for (let attempt = 0; attempt < overwriteAttempts; attempt++) {
    if ((await storage.list(target)).length > 0) {
      const old = await readManifest(storage, target).catch(() => undefined);
      recorded = await recordReplaced(staged, recorded, old);
      await storage.moveDirectory(target, staged.path(`${stagingFiles.replaced}-${attempt}`));
    }
    if (await storage.moveDirectory(version, target)) return;
  }
  throw await taken(staged);
}

async function recordReplaced(
  staged: StagedVersion,
  manifest: ManifestContent,
  old: Manifest | undefined,
): Promise<ManifestContent> {
  const entry = {
    ...(old !== undefined && { contentDigest: old.contentDigest, createdAt: old.createdAt }),
    replacedAt: new Date().toISOString(),
  };
  const recorded = await writeManifest(staged, { ...manifest, replaced: [...(old?.replaced ?? []), entry] });
  await sync(staged.directory);
  return recorded;
}

/** Shards were synced when they were written, so that this costs next to nothing for them. */
async function sync(directory: string): Promise<void> {
  try {
    await syncTree(directory);
  } catch (cause) {
    throw storageError(cause, 'sync', directory);
  }
}

async function taken(staged: StagedVersion): Promise<DatasetsError> {
  const target = versionPath(staged);
  if (await isVersionDirectory(staged.files, target)) return versionExists(staged.registry, staged);
  return inTheWay(staged.registry, staged, target);
}
