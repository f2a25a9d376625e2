import type { LocalStorage } from '../../storage/index.js';
import { versionFiles } from '../layout.js';
import { type Manifest, readManifest } from '../manifest.js';
import type { StagedTarget } from '../staging/staged-target.js';
import { incomplete } from './publish-errors.js';

/**
 * Checks that every file in the manifest of a staged version is there with its size, and that no other file is.
 *
 * @param root the staged version in `files`.
 * @param elsewhere files that need not be there.
 * @throws DatasetsError MANIFEST_INVALID
 */
export async function checkStaged(
  files: LocalStorage,
  root: string,
  target: StagedTarget,
  elsewhere: ReadonlyMap<string, string> = new Map(),
): Promise<Manifest> {
  const where = files.absolute(root);
  const manifest = await readManifest(files, root);
  if (manifest === undefined) throw incomplete(target, where, versionFiles.manifest, 'is missing');
  const expected = new Map(manifest.files.map((file) => [`${root}/${file.path}`, file.bytes]));
  for await (const { path, bytes } of files.walk(root)) {
    const wanted = expected.get(path);
    expected.delete(path);
    const name = path.slice(root.length + 1);
    if (name === versionFiles.manifest) continue;
    if (wanted === undefined) throw incomplete(target, where, name, 'is not in the manifest');
    if (wanted !== bytes) throw incomplete(target, where, name, `has ${bytes} bytes, and ${wanted} were written`);
  }
  const missing = [...expected.keys()].map((path) => path.slice(root.length + 1)).find((path) => !elsewhere.has(path));
  if (missing !== undefined) throw incomplete(target, where, missing, 'is missing');
  return manifest;
}
