import { packageVersion } from '../core/release/index.js';
import { type Manifest, parseManifest, selfDigestOf } from '../registry/index.js';
import type { LocalStorage } from '../storage/index.js';
import { cacheFolders } from './cache-layout.js';

/**
 * Reads a manifest in the cache. One that this release has checked before is not checked again: its digest of itself tells that no byte of it has changed. Checking costs
 * five times what parsing does: for 1024 shards 60 ms and the loading of zod.
 *
 * @param place in the cache's directory.
 * @throws DatasetsError MANIFEST_INVALID, FORMAT_TOO_NEW.
 */
export async function readCheckedManifest(cache: LocalStorage, place: string): Promise<Manifest | undefined> {
  const bytes = await cache.read(place);
  if (bytes === undefined) return undefined;
  const digest = selfDigestOf(bytes);
  const note = `${cacheFolders.checked}/${packageVersion}/${digest}`;
  if (digest !== undefined && (await cache.stat(note)) !== undefined) {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Manifest;
  }
  const manifest = await parseManifest(bytes, cache.absolute(place));
  await cache.write(note, '', { sync: false });
  return manifest;
}
