import { isLocalStorage } from '../../storage/index.js';
import { writeAudit } from '../audit.js';
import { versionPath } from '../layout.js';
import { refuseOtherContent } from '../retention/refuse-other-content.js';
import type { StagedVersion } from '../staging/staged-version.js';
import { stagingFiles } from '../staging/staging-files.js';
import { isVersionDirectory } from '../version-directory.js';
import { checkStaged } from './check-staged.js';
import { refuseOverwrite, versionExists } from './publish-errors.js';
import { publishLocally } from './publish-locally.js';
import { publishRemotely } from './publish-remotely.js';

export interface PublishOptions {
  /** Replaces a version that is there. For a laptop's own registry: versions that others read are never overwritten. */
  readonly overwrite?: boolean;
  /** Config that tfds opens when none is named, for data sets that have only configs: the builder's first. */
  readonly defaultConfig?: string | undefined;
  /** Files of the version that lie in other places of Google Cloud Storage: their URLs by their paths in it. For a registry there, whose server copies them. */
  readonly elsewhere?: ReadonlyMap<string, string> | undefined;
}

/**
 * Makes a staged version visible, whole and in one step: in a directory by a rename, in a bucket by its `manifest.json`, which is created
 * when all else is there. Before it our readers see nothing, after it everything.
 *
 * Checks first that every file in the manifest is there with its size and that no other file is, and that nobody has taken the version's lease meanwhile. Whoever
 * comes second gets VERSION_EXISTS, and the version stays as it is.
 *
 * @returns where the version lies: its absolute directory, or its URL.
 * @throws DatasetsError VERSION_EXISTS, LEASE_LOST, MANIFEST_INVALID, VERSION_IMMUTABLE (also for a version that was removed and had other content), STORAGE_FULL, STORAGE_FAILED and the other faults of storages; nothing is
 *   published then.
 */
export async function publish(staged: StagedVersion, options: PublishOptions = {}): Promise<string> {
  const { registry } = staged;
  const target = versionPath(staged);
  const overwrite = options.overwrite === true;
  if (overwrite) refuseOverwrite(registry, staged);
  await staged.lease.check();
  const isLocal = isLocalStorage(registry.storage);
  const elsewhere = (isLocal ? undefined : options.elsewhere) ?? new Map<string, string>();
  const manifest = await checkStaged(staged.files, staged.path(stagingFiles.version), staged, elsewhere);
  if (!overwrite && (await isVersionDirectory(registry.storage, target))) throw versionExists(registry, staged);
  await refuseOtherContent(registry, staged, manifest, overwrite);
  const build = { ...staged.subject, overwrite, defaultConfig: options.defaultConfig };
  if (isLocal) await publishLocally(staged, build, manifest);
  else await publishRemotely(staged, build, manifest, elsewhere);
  await writeAudit(registry, {
    action: overwrite ? 'overwrite' : 'publish',
    subject: staged,
    contentDigest: manifest.contentDigest,
  });
  await staged.discard();
  return registry.locationOf(target);
}
