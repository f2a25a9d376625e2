/** A path that leads into an archive, taken apart. */
export interface ArchivePath {
  readonly archive: string;
  /** Inside the archive. */
  readonly member: string;
}

const leadsIntoArchive = /^(.+?\.(?:zip|tar|tar\.gz|tgz|tar\.zst|tzst))!\/(.+)$/i;

/** Takes `exports/2026.zip!/logs/*.csv` apart; undefined for a path of the file system. */
export function archivePath(path: string): ArchivePath | undefined {
  const [, archive, member] = leadsIntoArchive.exec(path) ?? [];
  return archive === undefined || member === undefined ? undefined : { archive, member };
}
