import type { VersionFiles } from '../reader/index.js';
import type { Registry } from '../registry/index.js';
import { CachedVersion } from './cached-version.js';
import type { LocatedVersion } from './locate-version.js';

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before anything is fetched, with the number of files. */
  readonly onStart?: ((files: number) => void) | undefined;
  /** Called with the number of files that are there so far. */
  readonly onProgress?: ((files: number) => void) | undefined;
}

/**
 * Sees to it that files of a version are on this machine. All of them stay in the cache until the last one is there.
 *
 * @param paths in the version's directory.
 * @returns their absolute paths, in the same order.
 */
export async function fetchFiles(
  files: VersionFiles,
  paths: readonly string[],
  options: FetchOptions = {},
): Promise<readonly string[]> {
  let done = 0;
  options.onStart?.(paths.length);
  const held: string[] = [];
  const fetching = paths.map(async (path) => {
    options.signal?.throwIfAborted();
    const file = await files.file(path);
    held.push(path);
    done++;
    options.onProgress?.(done);
    return file;
  });
  try {
    return await Promise.all(fetching);
  } finally {
    await Promise.allSettled(fetching);
    for (const path of held) files.release(path);
  }
}

/**
 * Sees to it that a whole version is on this machine, as stock readers want it.
 *
 * @returns its absolute directory: in the registry where that is local, else in the cache.
 */
export async function fetchVersion(version: LocatedVersion, options: FetchOptions = {}): Promise<string> {
  const { files } = version;
  if (files instanceof CachedVersion) await fetchFiles(files, await allPaths(files), options);
  return version.directory;
}

async function allPaths(version: CachedVersion): Promise<readonly string[]> {
  const manifest = await version.manifest();
  return manifest === undefined
    ? preparedPaths(version.registry, version.resolved.path)
    : manifest.files.map(({ path }) => path);
}

/** Everything in the directory of data that tfds prepared: nothing else says what belongs to it. */
async function preparedPaths({ storage }: Registry, directory: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { path } of storage.walk(directory)) paths.push(path.slice(directory.length + 1));
  return paths;
}
