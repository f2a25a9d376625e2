import { formatReference } from '../core/names/index.js';
import { LocalStorage } from '../storage/index.js';
import { cacheFolders } from './cache-layout.js';
import { pinnedFiles } from './cache-process.js';
import { cachedFiles } from './cached-tree.js';
import { type CachedFile, planEviction } from './plan-eviction.js';
import type { CacheSettings } from './version-cache.js';

/** A version of which something is in the cache. */
export interface CachedVersionSummary {
  readonly reference: string;
  /** The registry's location, where the cache knows it. */
  readonly registry: string | undefined;
  readonly files: number;
  readonly bytes: number;
  readonly lastUsed: Date;
}

export interface CacheSummary {
  /** Absolute. */
  readonly directory: string;
  readonly bytes: number;
  readonly limitBytes: number;
  /** Last used first. */
  readonly versions: readonly CachedVersionSummary[];
}

/**
 * What the cache of this machine holds.
 *
 * @example
 * ```ts
 * const { bytes, versions } = await inspectCache(await loadConfig());
 * ```
 */
export async function inspectCache(settings: CacheSettings): Promise<CacheSummary> {
  const cache = new LocalStorage(settings.cacheDirectory);
  const files = await cachedFiles(cache);
  const byVersion = new Map<string, CachedFile[]>();
  for (const file of files) byVersion.set(file.version, [...(byVersion.get(file.version) ?? []), file]);
  const versions: CachedVersionSummary[] = [];
  for (const [place, own] of byVersion) {
    versions.push({
      ...(await nameOf(cache, place)),
      files: own.length,
      bytes: bytesOf(own),
      lastUsed: new Date(Math.max(...own.map(({ lastUsed }) => lastUsed))),
    });
  }
  versions.sort((a, b) => b.lastUsed.getTime() - a.lastUsed.getTime());
  return { directory: cache.location, bytes: bytesOf(files), limitBytes: settings.cacheBytes, versions };
}

export interface ClearedCache {
  readonly removed: { readonly files: number; readonly bytes: number };
  /** What live processes are reading. */
  readonly kept: { readonly files: number; readonly bytes: number };
}

/** Removes every copy that no process is reading. What is needed again is fetched again. */
export async function clearCache(settings: CacheSettings): Promise<ClearedCache> {
  const cache = new LocalStorage(settings.cacheDirectory);
  const files = await cachedFiles(cache);
  const going = planEviction(files, await pinnedFiles(cache.location), Number.POSITIVE_INFINITY);
  for (const { place } of going) await cache.delete(place);
  const removed = { files: going.length, bytes: bytesOf(going) };
  return { removed, kept: { files: files.length - removed.files, bytes: bytesOf(files) - removed.bytes } };
}

/** @param place `versions/<registry>/<name>/[<config>/]<version>` */
async function nameOf(
  cache: LocalStorage,
  place: string,
): Promise<Pick<CachedVersionSummary, 'reference' | 'registry'>> {
  const [, registry = '', name = '', ...rest] = place.split('/');
  const [config, version] = rest.length > 1 ? rest : [undefined, rest[0]];
  const note = await cache.read(`${cacheFolders.registries}/${registry}.json`);
  return { reference: formatReference({ name, config, version }), registry: note && locationIn(note) };
}

function locationIn(note: Uint8Array): string | undefined {
  try {
    const { location } = JSON.parse(Buffer.from(note).toString('utf8')) as { readonly location?: unknown };
    return typeof location === 'string' ? location : undefined;
  } catch {
    // Cut short by a crash; it says nothing that is needed to read.
    return undefined;
  }
}

function bytesOf(files: readonly CachedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
