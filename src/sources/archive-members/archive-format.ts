import { DatasetsError } from '../../core/errors/index.js';

/** How an archive is packed. */
export type MemberArchive = 'zip' | 'tar' | 'tar.gz' | 'tar.zst';

/**
 * What the name of a file says that it is.
 *
 * @throws DatasetsError UNSUPPORTED
 */
export function archiveFormat(name: string): MemberArchive {
  const lower = name.toLowerCase();
  if (lower.endsWith('.zip')) return 'zip';
  if (lower.endsWith('.tar')) return 'tar';
  if (lower.endsWith('.tar.gz') || lower.endsWith('.tgz')) return 'tar.gz';
  if (lower.endsWith('.tar.zst') || lower.endsWith('.tzst')) return 'tar.zst';
  throw new DatasetsError('UNSUPPORTED', `${name} is no archive whose members are read`, {
    hint: 'Archives are known by their names: *.zip, *.tar, *.tar.gz, *.tgz, *.tar.zst, *.tzst. Others are extracted by p.download({ url, extract }).',
    at: { file: name },
  });
}
