import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LeftFiles } from '../../engines/index.js';
import { localVersionFiles, type VersionFiles } from '../../reader/index.js';
import type { StagedVersion } from '../../registry/index.js';
import { openStorage } from '../../storage/index.js';

/** A version that is not published yet, to be read: what workers left in a bucket is fetched when it is asked for. */
export interface StagedFiles {
  readonly files: VersionFiles;
  /** Removes what was fetched. */
  close(): Promise<void>;
}

export function stagedFiles(staged: StagedVersion, left: LeftFiles | undefined): StagedFiles {
  const local = localVersionFiles(staged.directory);
  if (left === undefined) return { files: local, close: async () => undefined };
  const scratch = join(staged.workDirectory, 'compared');
  const removed = new Map<string, Promise<void>>();
  const files: VersionFiles = {
    location: local.location,
    metadata: local.metadata,
    readAhead: 0,
    file: async (path) => {
      const url = left.urls.get(path);
      if (url === undefined) return local.file(path);
      await removed.get(path);
      return fetched(url, join(scratch, path));
    },
    prefetch: () => undefined,
    // One shard lies there at a time. What can't be removed now goes with the folder.
    release: (path) => {
      if (left.urls.has(path))
        removed.set(
          path,
          rm(join(scratch, path), { force: true }).catch(() => undefined),
        );
    },
    drop: async () => false,
  };
  const close = async () => {
    await Promise.all(removed.values());
    await rm(scratch, { recursive: true, force: true });
  };
  return { files, close };
}

async function fetched(url: string, file: string): Promise<string> {
  const slash = url.lastIndexOf('/');
  await mkdir(dirname(file), { recursive: true });
  await openStorage(url.slice(0, slash)).download(url.slice(slash + 1), file);
  return file;
}
