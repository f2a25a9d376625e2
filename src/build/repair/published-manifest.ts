import { DatasetsError } from '../../core/errors/index.js';
import { formatReference } from '../../core/names/index.js';
import { findBrokenFiles } from '../../reader/index.js';
import { type Manifest, parseManifest, readManifest, type VersionName, versionFiles } from '../../registry/index.js';
import type { Storage } from '../../storage/index.js';
import type { RepairSource } from './repair-sources.js';

/** The manifest that a version was published with, and whether it has to be put back. */
export interface PublishedManifest {
  readonly manifest: Manifest;
  readonly damaged?: { readonly problem: string; readonly from: string; readonly bytes: Uint8Array };
}

/**
 * The manifest of a version; where it is damaged, that of a source, if every shard that lies here is one of that manifest's: otherwise nobody
 * could tell a damaged version from another one of the same name.
 *
 * @param storage the version's directory.
 * @throws DatasetsError MANIFEST_INVALID when it is damaged and no source has one that fits; FORMAT_TOO_NEW.
 */
export async function publishedManifest(
  storage: Storage,
  version: VersionName,
  sources: readonly RepairSource[],
): Promise<PublishedManifest> {
  const own = await ownManifest(storage);
  if (!(own instanceof DatasetsError)) return { manifest: own };
  const refusals: string[] = [];
  for (const source of sources) {
    const found = await borrow(storage, version, source);
    if (typeof found !== 'string') return { manifest: found.manifest, damaged: { problem: own.message, ...found } };
    refusals.push(found);
  }
  const tried = refusals.length === 0 ? 'no other place was named' : refusals.join('; ');
  throw new DatasetsError(
    'MANIFEST_INVALID',
    `the manifest of ${formatReference(version)} can't be put back: ${tried}`,
    {
      hint: 'Name a registry that holds the version: --from gs://bucket/registry. A rebuild has another manifest: who built it, and when.',
      cause: own,
      at: { dataset: version.name, file: `${storage.location}/${versionFiles.manifest}` },
    },
  );
}

async function ownManifest(storage: Storage): Promise<Manifest | DatasetsError> {
  try {
    const manifest = await readManifest(storage, '');
    if (manifest !== undefined) return manifest;
  } catch (error) {
    if (error instanceof DatasetsError && (error.code === 'MANIFEST_INVALID' || error.code === 'DATA_CORRUPT'))
      return error;
    throw error;
  }
  throw new DatasetsError('UNSUPPORTED', `${storage.location} has no manifest, so nobody knows what it was`, {
    hint: 'Prepare the data set again with tfds, or build it here.',
  });
}

type Borrowed = { readonly manifest: Manifest; readonly from: string; readonly bytes: Uint8Array };

async function borrow(storage: Storage, version: VersionName, source: RepairSource): Promise<Borrowed | string> {
  const { label } = source;
  try {
    const bytes = await source.storage.read(versionFiles.manifest);
    if (bytes === undefined) return `${label} has no manifest`;
    const manifest = await parseManifest(bytes, `${label}/${versionFiles.manifest}`);
    if (formatReference(manifest) !== formatReference(version)) return `${label} holds ${formatReference(manifest)}`;
    const broken = new Set((await findBrokenFiles(storage, manifest)).map(({ file }) => file));
    const other = manifest.files.find(({ path, format }) => format !== 'metadata' && broken.has(path));
    return other === undefined ? { manifest, from: label, bytes } : `${other.path} is not the one that ${label} has`;
  } catch (error) {
    if (!(error instanceof DatasetsError) || error.code === 'INTERRUPTED') throw error;
    return `${label}: ${error.message}`;
  }
}
