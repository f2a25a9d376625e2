import { join, posix } from 'node:path';
import { DatasetsError } from '../core/errors/index.js';
import type { DownloadedFiles } from '../sources/index.js';

/** What is known of a download on every machine: plain data, recorded by the submitter and replayed in the workers. */
export interface DownloadRecord {
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly fileName: string;
  /** Relative to the folder of downloads, with `/`. */
  readonly place: string;
  /** `place` is a folder of members. */
  readonly extracted: boolean;
  /** The only member there is, where the download holds one compressed file and no archive. */
  readonly member: string | null;
}

/** @param directory the folder of downloads of this machine, absolute. */
export function downloadedFiles(record: DownloadRecord, directory: string): DownloadedFiles {
  const { url, sha256, bytes, fileName, place, extracted } = record;
  const folder = join(directory, place);
  const about = { kind: 'download', url, sha256, bytes, fileName, place, extracted } as const;
  const file = (pattern: string): DownloadedFiles => {
    const normal = posix.normalize(pattern);
    if (!extracted) {
      throw new DatasetsError('PIPELINE_INVALID', `${url} was not extracted: it has no file ${pattern}`, {
        hint: 'Download it with { url, extract: true }.',
        at: { file: url },
      });
    }
    if (normal.startsWith('..') || posix.isAbsolute(normal) || normal === '.') {
      throw new DatasetsError('PIPELINE_INVALID', `${JSON.stringify(pattern)} leaves the archive ${url}`, {
        hint: "Give a member's path in the archive, or a glob: train/*.csv.",
        at: { file: url },
      });
    }
    return { ...about, path: join(folder, normal), member: normal, file };
  };
  const only = record.member ?? undefined;
  return { ...about, path: only === undefined ? folder : join(folder, only), member: only, file };
}
