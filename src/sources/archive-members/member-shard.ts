import type { ZipEntry } from '../../archives/index.js';
import type { FileLocation } from '../files/location.js';

/** What a source shard of an archive carries. */
export type MemberShard = {
  readonly file: FileLocation;
  readonly fileBytes: number;
} & MemberRange;

export type MemberRange =
  /** Members of a zip file, by its central directory. */
  | { readonly kind: 'zip'; readonly members: readonly ZipMemberData[] }
  /** Bytes of a plain tar file: from the header of a member to behind another. */
  | { readonly kind: 'tar'; readonly from: number; readonly to: number }
  /** All of a tar file that can only be read from its beginning. */
  | { readonly kind: 'stream'; readonly compression: 'gzip' | 'zstd' | null };

/** A `ZipEntry` as JSON holds it; its name is UTF-8, which was checked. */
export type ZipMemberData = Omit<ZipEntry, 'name'> & { readonly name: string; readonly path: string };

export function zipEntryOf({ path: _, name, ...rest }: ZipMemberData): ZipEntry {
  return { ...rest, name: Buffer.from(name, 'utf8') };
}
