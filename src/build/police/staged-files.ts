import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LeftFiles } from '../../engines/index.js';
import { localVersionFiles, type VersionFiles } from '../../reader/index.js';
import type { StagedVersion } from '../../registry/index.js';
import { openStorage } from '../../storage/index.js';

type StagedPlace = Pick<StagedVersion, 'directory' | 'workDirectory'>;

/** A version that is not published yet, to be read: what workers left in a bucket is fetched when it is asked for. */
export interface StagedFiles {
  readonly files: VersionFiles;
  /** Removes what was fetched. */
  close(): Promise<void>;
}

export function stagedFiles(staged: StagedPlace, left: LeftFiles | undefined): StagedFiles {
  const local = localVersionFiles(staged.directory);
  if (left === undefined) return { files: local, close: async () => undefined };
  const scratch = join(staged.workDirectory, 'compared');
  // Files that nobody reads any more: examples are looked up one after the other, often in the same shard. They go when another file is fetched.
  const released = new Set<string>();
  const files: VersionFiles = {
    location: local.location,
    metadata: local.metadata,
    readAhead: 0,
    file: async (path) => {
      const url = left.urls.get(path);
      if (url === undefined) return local.file(path);
      const file = join(scratch, path);
      if (released.delete(path)) return file;
      const others = [...released];
      released.clear();
      await Promise.all(others.map((other) => rm(join(scratch, other), { force: true })));
      return fetched(url, file);
    },
    prefetch: () => undefined,
    release: (path) => {
      if (left.urls.has(path)) released.add(path);
    },
    drop: async () => false,
  };
  return { files, close: () => rm(scratch, { recursive: true, force: true }) };
}

async function fetched(url: string, file: string): Promise<string> {
  const slash = url.lastIndexOf('/');
  await mkdir(dirname(file), { recursive: true });
  await openStorage(url.slice(0, slash)).download(url.slice(slash + 1), file);
  return file;
}
