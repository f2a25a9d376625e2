import { DatasetsError } from '../../core/errors/index.js';
import { parseJson } from '../../core/json/index.js';
import type { DatasetName } from '../../core/names/index.js';
import { formatJson } from '../format-json.js';
import { extractLeasePath, stagingDirectory } from '../layout.js';
import { acquireLease } from '../lease/acquire-lease.js';
import type { LeaseOptions } from '../lease/lease-options.js';
import { announceBuild } from '../publish/announce-build.js';
import type { Registry } from '../registry.js';
import type { StagedVersion } from '../staging/staged-version.js';
import { stagedFolders } from '../staging/staging-area.js';
import { stagingFiles } from '../staging/staging-files.js';

/**
 * Notes in the registry which extracts a build needs, until it is published or discarded: whoever removes extracts that no version names keeps them.
 *
 * The note is written under the lease of the data set's extracts, and they are removed under it: what is noted is either there from then on, or gone before it is
 * looked for.
 *
 * @param paths inside the registry
 */
export async function claimExtracts(
  staged: StagedVersion,
  paths: readonly string[],
  options: Pick<LeaseOptions, 'signal' | 'timings' | 'clock' | 'process' | 'lifeOf'>,
): Promise<void> {
  const { storage } = staged.registry;
  const { name, buildId } = staged;
  await announceBuild(staged);
  const about = async () => ({ name, buildId, extracts: true });
  const lease = await acquireLease(storage, extractLeasePath(name), { ...options, about });
  try {
    await storage.write(claimsFile(buildId), formatJson({ extracts: paths }));
  } finally {
    await lease.release();
  }
}

/**
 * The extracts of a data set that builds need which have not ended: paths inside the registry.
 *
 * @throws DatasetsError MANIFEST_INVALID for a note that can't be read: it may name any
 */
export async function claimedExtracts(registry: Registry, name: DatasetName): Promise<ReadonlySet<string>> {
  const claimed = new Set<string>();
  for (const buildId of await stagedFolders(registry.storage, stagingDirectory)) {
    const file = claimsFile(buildId);
    const bytes = await registry.storage.read(file);
    if (bytes === undefined) continue;
    for (const path of pathsIn(parseJson(bytes, registry.locationOf(file)), registry.locationOf(file))) {
      if (path.startsWith(`${name}/`)) claimed.add(path);
    }
  }
  return claimed;
}

function claimsFile(buildId: string): string {
  return `${stagingDirectory}/${buildId}/${stagingFiles.claims}`;
}

function pathsIn(value: unknown, file: string): readonly string[] {
  const paths: unknown =
    typeof value === 'object' && value !== null && 'extracts' in value ? value.extracts : undefined;
  if (Array.isArray(paths) && paths.every((path) => typeof path === 'string')) return paths;
  throw new DatasetsError('MANIFEST_INVALID', `${file} does not say which extracts its build needs`, {
    hint: 'It was changed by hand or damaged. Remove the build: ailab-datasets builds remove.',
    at: { file },
  });
}
