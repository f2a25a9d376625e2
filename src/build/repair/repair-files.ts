import { join } from 'node:path';
import type { VerifyProblem } from '../../reader/index.js';
import type { ManifestFile } from '../../registry/index.js';
import type { Storage } from '../../storage/index.js';
import type { Rebuilt } from './rebuild-source.js';
import { fetchPublished, type RepairSource } from './repair-sources.js';

/** What became of one broken file. */
export interface RepairedFile {
  readonly path: string;
  /** What was wrong with it. */
  readonly problem: string;
  /** Where its bytes came from: a place, or `the rebuilt version`. Undefined where it is still broken. */
  readonly from: string | undefined;
  /** Why not from elsewhere. */
  readonly refusals: readonly string[];
}

export interface FileRepairs {
  /** The folder that the file's path is relative to: the version's directory, or for what queries gave the data set's. */
  readonly storage: Storage;
  readonly kind: 'file' | 'extract';
  readonly sources: readonly RepairSource[];
  /** Absolute; a file lies there before it is put back. */
  readonly folder: string;
  /** Builds the version again; asked once, when the first file can't be fetched. */
  readonly rebuild: () => Promise<Rebuilt>;
}

/** Puts a file back in one step: as long as it is not whole again, what is there stays there. */
export async function repairFile(
  file: Pick<ManifestFile, 'path' | 'bytes' | 'sha256' | 'crc32c'>,
  problem: VerifyProblem,
  repairs: FileRepairs,
): Promise<RepairedFile> {
  const fetched = join(repairs.folder, 'file');
  const refusals: string[] = [];
  const result = (from: string | undefined) => ({ path: file.path, problem: problem.message, from, refusals });
  const putBack = async (source: RepairSource): Promise<boolean> => {
    const storage = repairs.kind === 'file' ? source.storage : source.extracts;
    if (storage === undefined) return false;
    const refusal = await fetchPublished({ label: source.label, storage }, file, fetched);
    if (refusal === undefined) await repairs.storage.upload(fetched, file.path, { crc32c: file.crc32c });
    else refusals.push(refusal);
    return refusal === undefined;
  };
  for (const source of repairs.sources) if (await putBack(source)) return result(source.label);
  const rebuilt = await repairs.rebuild();
  if ('refused' in rebuilt) refusals.push(rebuilt.refused);
  else if (await putBack(rebuilt.source)) return result(rebuilt.source.label);
  return result(undefined);
}
