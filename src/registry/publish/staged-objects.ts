import type { Storage } from '../../storage/index.js';
import { stagingDirectory, versionFiles } from '../layout.js';
import type { Manifest, ManifestFile } from '../manifest.js';
import { stagingFiles } from '../staging/staging-files.js';

/** What is known of an object without reading it. */
export interface ObjectState {
  readonly bytes: number;
  readonly crc32c: string | undefined;
}

/** Where a build's files lie in object storage before they are copied to their place. */
export function stagedObjects(buildId: string): string {
  return `${stagingDirectory}/${buildId}/${stagingFiles.version}`;
}

/** Every object below a folder by its path inside it: a request for each thousand. */
export async function objectsBelow(storage: Storage, folder: string): Promise<ReadonlyMap<string, ObjectState>> {
  const objects = new Map<string, ObjectState>();
  for await (const { path, bytes, crc32c } of storage.walk(folder)) {
    objects.set(path.slice(folder.length + 1), { bytes, crc32c });
  }
  return objects;
}

/** Whether an object is the file that a manifest describes. */
export function isFile(object: ObjectState | undefined, file: ManifestFile): boolean {
  return object !== undefined && object.bytes === file.bytes && object.crc32c === file.crc32c;
}

/** The first file that isn't there as the manifest says it, or the first object that the manifest doesn't know. */
export function firstDifference(objects: ReadonlyMap<string, ObjectState>, manifest: Manifest): string | undefined {
  const wrong = manifest.files.find((file) => !isFile(objects.get(file.path), file));
  if (wrong !== undefined) return wrong.path;
  const known = new Set([versionFiles.manifest as string, ...manifest.files.map(({ path }) => path)]);
  return [...objects.keys()].find((path) => !known.has(path));
}
