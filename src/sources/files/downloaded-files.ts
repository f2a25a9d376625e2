import { join, posix } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';

/** A file that was downloaded, or the files of an archive that was downloaded: what `p.download` gives, for any source that reads files. */
export interface DownloadedFiles {
  readonly kind: 'download';
  /** Without credentials and signatures. */
  readonly url: string;
  /** Of what was downloaded, lower-case hex. */
  readonly sha256: string;
  /** Of what was downloaded. */
  readonly bytes: number;
  readonly fileName: string;
  /** The file, or the folder of an archive's members, on this machine: absolute. Nothing may be written there. */
  readonly path: string;
  /** Relative to the folder of downloads, with `/`: where the file or the folder lies on every machine. */
  readonly place: string;
  /** `path` is the folder of an archive's members. */
  readonly extracted: boolean;
  /** What is read of the folder: a path or a glob; undefined for the file itself. */
  readonly member: string | undefined;
  /**
   * Files of an archive.
   *
   * @param pattern a member's path in the archive, or a glob
   * @throws DatasetsError PIPELINE_INVALID where nothing was extracted, or when the pattern leaves the archive
   */
  file(pattern: string): DownloadedFiles;
}

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
