import { DatasetsError } from '../core/errors/index.js';
import { formatReference } from '../core/names/index.js';
import { type LocalStorage, storageError, syncTree } from '../storage/index.js';
import { updateDefaultConfig } from './default-config.js';
import { versionFiles, versionPath } from './layout.js';
import { type Manifest, readManifest } from './manifest.js';
import type { StagedVersion } from './staged-version.js';
import { stagingFiles } from './staging-files.js';
import { isVersionDirectory } from './version-directory.js';
import { writeManifest } from './write-metadata.js';

export interface PublishOptions {
  /** Replaces a version that is there. For a laptop's own registry: versions that others read are never overwritten. */
  readonly overwrite?: boolean;
  /** Config that tfds opens when none is named, for data sets that have only configs: the builder's first. */
  readonly defaultConfig?: string | undefined;
}

/** How often an overwrite gives way to another one that runs at the same moment. */
const overwriteAttempts = 10;

/**
 * Makes a staged version visible, whole and in one step: a rename. Before it readers see nothing, after it everything.
 *
 * Checks first that every file in the manifest is there with its size and that no other file is, and syncs them all to the disk. Whoever
 * comes second gets VERSION_EXISTS, and the version stays as it is.
 *
 * @returns the absolute directory of the version.
 * @throws DatasetsError VERSION_EXISTS, MANIFEST_INVALID, STORAGE_FULL, STORAGE_FAILED; nothing is published then.
 */
export async function publish(staged: StagedVersion, options: PublishOptions = {}): Promise<string> {
  const storage = localStorage(staged);
  const target = versionPath(staged);
  const manifest = await checkStaged(staged);
  if ((await isVersionDirectory(storage, target)) && options.overwrite !== true) throw exists(staged);
  await sync(staged);
  await updateDefaultConfig(storage, staged, options.defaultConfig);
  if (options.overwrite === true) await replaceVersion(staged, target, manifest);
  else if (!(await storage.moveDirectory(staged.path(stagingFiles.version), target))) throw await taken(staged, target);
  await staged.discard();
  return storage.absolute(target);
}

/** A local registry is staged in itself. */
function localStorage(staged: StagedVersion): LocalStorage {
  if (staged.files === staged.registry.storage) return staged.files;
  throw new DatasetsError('UNSUPPORTED', `versions can't be published to ${staged.registry.location} yet`, {
    hint: 'Publish to a local directory.',
    at: { dataset: staged.name },
  });
}

async function checkStaged(staged: StagedVersion): Promise<Manifest> {
  const root = staged.path(stagingFiles.version);
  const manifest = await readManifest(staged.files, root);
  if (manifest === undefined) throw incomplete(staged, versionFiles.manifest, 'is missing');
  const expected = new Map(manifest.files.map((file) => [`${root}/${file.path}`, file.bytes]));
  for await (const { path, bytes } of staged.files.walk(root)) {
    const wanted = expected.get(path);
    expected.delete(path);
    const name = path.slice(root.length + 1);
    if (name === versionFiles.manifest) continue;
    if (wanted === undefined) throw incomplete(staged, name, 'is not in the manifest');
    if (wanted !== bytes) throw incomplete(staged, name, `has ${bytes} bytes, and ${wanted} were written`);
  }
  const [missing] = expected.keys();
  if (missing !== undefined) throw incomplete(staged, missing.slice(root.length + 1), 'is missing');
  return manifest;
}

/** rename(2) can't exchange two directories, so the old one steps aside first; a crash in between is mended by `removeAbandonedBuilds`. */
async function replaceVersion(staged: StagedVersion, target: string, manifest: Manifest): Promise<void> {
  const storage = staged.files;
  const version = staged.path(stagingFiles.version);
  let recorded = manifest;
  for (let attempt = 0; attempt < overwriteAttempts; attempt++) {
    if ((await storage.list(target)).length > 0) {
      const old = await readManifest(storage, target).catch(() => undefined);
      recorded = await recordReplaced(staged, recorded, old);
      await storage.moveDirectory(target, staged.path(`${stagingFiles.replaced}-${attempt}`));
    }
    if (await storage.moveDirectory(version, target)) return;
  }
  throw await taken(staged, target);
}

async function recordReplaced(staged: StagedVersion, manifest: Manifest, old: Manifest | undefined): Promise<Manifest> {
  const entry = {
    ...(old !== undefined && { contentDigest: old.contentDigest, createdAt: old.createdAt }),
    replacedAt: new Date().toISOString(),
  };
  const recorded = await writeManifest(staged, { ...manifest, replaced: [...(old?.replaced ?? []), entry] });
  await sync(staged);
  return recorded;
}

/** Shards were synced when they were written, so that this costs next to nothing for them. */
async function sync(staged: StagedVersion): Promise<void> {
  try {
    await syncTree(staged.directory);
  } catch (cause) {
    throw storageError(cause, 'sync', staged.directory);
  }
}

async function taken(staged: StagedVersion, target: string): Promise<DatasetsError> {
  if (await isVersionDirectory(staged.files, target)) return exists(staged);
  const directory = staged.registry.locationOf(target);
  return new DatasetsError('STORAGE_FAILED', `${directory} is in the way: it holds files but is no version`, {
    hint: 'Something else wrote there. Look at it and remove it, or publish with --overwrite.',
    at: { dataset: staged.name, file: directory },
  });
}

function exists(staged: StagedVersion): DatasetsError {
  const reference = formatReference(staged);
  return new DatasetsError('VERSION_EXISTS', `${reference} is already published in ${staged.registry.location}`, {
    hint: 'A published version never changes: raise the version, or use --overwrite on a registry of your own.',
    at: { dataset: staged.name },
  });
}

function incomplete(staged: StagedVersion, file: string, what: string): DatasetsError {
  return new DatasetsError(
    'MANIFEST_INVALID',
    `${formatReference(staged)} can't be published: in ${staged.directory} the file ${file} ${what}`,
    { hint: 'Nothing was published. Build it again.', at: { dataset: staged.name, file } },
  );
}
