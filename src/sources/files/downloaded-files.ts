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
