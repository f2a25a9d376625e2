import { isMetadataFile } from './cache-layout.js';

/** A file in the cache. */
export interface CachedFile {
  /** In the cache's directory, with `/`. */
  readonly place: string;
  /** The place of the version that it belongs to. */
  readonly version: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
}

/**
 * Which files go so that `bytesToFree` come free, oldest use first: the files of data one by one; and when that is not enough, what is left
 * of versions of which no data is there. Nothing goes that is pinned; then fewer bytes come free.
 */
export function planEviction(
  files: readonly CachedFile[],
  pinned: ReadonlySet<string>,
  bytesToFree: number,
): readonly CachedFile[] {
  const going = new Set<CachedFile>();
  let free = 0;
  const take = (candidates: readonly CachedFile[]): void => {
    for (const file of [...candidates].sort((a, b) => a.lastUsed - b.lastUsed)) {
      if (free >= bytesToFree) return;
      going.add(file);
      free += file.bytes;
    }
  };
  const data = files.filter(({ place }) => !isMetadataFile(place));
  take(data.filter(({ place }) => !pinned.has(place)));
  const kept = new Set(
    [...data.filter((file) => !going.has(file)), ...files.filter(({ place }) => pinned.has(place))].map(
      ({ version }) => version,
    ),
  );
  take(files.filter(({ place, version }) => isMetadataFile(place) && !kept.has(version)));
  return [...going];
}
