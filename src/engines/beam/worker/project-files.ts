import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { DatasetsError } from '../../../core/errors/index.js';
import { locationsOf, type SourceShard } from '../../../sources/index.js';
import { inParallel } from '../../../storage/index.js';
import type { Relocation } from '../files/index.js';

/** A file that lies in the project and that a job reads: an image has a copy of it. */
export interface ProjectFile {
  /** Relative to the project's root, with `/`. */
  readonly path: string;
  /** sha256, lower-case hex; undefined where it is not there. */
  readonly digest?: string;
  /** Its size, times and place on the disk: where they are the same, so is the file. */
  readonly stamp?: string;
}

/**
 * Files of the project that shards read. What lies elsewhere is one file for all machines, or staged for them; what came with a package is locked.
 *
 * @param shards as they were relocated
 * @param module file: URL of the builder's module
 */
export function projectFilesOf(
  shards: Iterable<SourceShard>,
  module: string,
  relocation: Relocation,
): readonly ProjectFile[] {
  const paths = new Set<string>();
  for (const shard of shards) {
    for (const location of locationsOf(shard)) {
      if (location.in !== 'module' && location.in !== 'machine') continue;
      const path = location.in === 'module' ? join(dirname(fileURLToPath(module)), location.path) : location.path;
      const inside = /^\{project\}\/(.+)$/s.exec(relocation.toToken(path) ?? path)?.[1];
      if (inside !== undefined) paths.add(inside);
    }
  }
  return [...paths].sort().map((path) => ({ path }));
}

/** So many files are read at a time. */
const readers = 8;

/**
 * Looks at files of the project on this machine.
 *
 * @param files what is known of them: one with the same stamp is not read again
 * @throws DatasetsError STORAGE_FAILED for one that is there and can't be read
 */
export async function digestProjectFiles(
  projectRoot: string,
  files: readonly ProjectFile[],
): Promise<readonly ProjectFile[]> {
  const found = new Map<string, ProjectFile>();
  await inParallel(files, readers, async (known) => {
    found.set(known.path, await look(join(projectRoot, known.path), known));
  });
  return files.map((file) => found.get(file.path) ?? file);
}

async function look(file: string, known: ProjectFile): Promise<ProjectFile> {
  const { path } = known;
  const stats = await stat(file, { bigint: true }).catch(() => undefined);
  if (stats === undefined) return { path };
  const { size, mtimeNs, ctimeNs, ino, dev } = stats;
  const stamp = [size, mtimeNs, ctimeNs, ino, dev].join(' ');
  if (stamp === known.stamp && known.digest !== undefined) return known;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash).catch((cause: unknown) => {
    throw new DatasetsError('STORAGE_FAILED', `${file} can't be read`, {
      hint: 'Workers are compared with the submitter by it: see to its permissions.',
      cause,
      at: { file },
    });
  });
  return { path, stamp, digest: hash.digest('hex') };
}
