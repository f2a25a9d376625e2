import { DatasetsError } from '../../core/errors/index.js';
import { fileSource } from '../file-source.js';
import { globMatcher } from '../files/glob.js';
import type { FileReference, SourceFile } from '../files/resolve-files.js';
import type { Source, SourceContext, SourceShard } from '../source.js';
import { byteOrderMarkBytes, decodeChunk } from '../text/decode.js';
import type { MemberLimits } from './member-limits.js';
import type { MemberShard } from './member-shard.js';
import { type MakeMember, readMembers } from './read-members.js';
import { splitArchive } from './split-archive.js';

/** A file of an archive as an element. */
export interface MemberBytes {
  /** The archive, as the reference names it. */
  readonly archive: string;
  /** Inside the archive, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A text file of an archive as an element. */
export interface MemberText {
  readonly archive: string;
  readonly path: string;
  readonly text: string;
}

export interface ArchiveMembersOptions extends MemberLimits {
  /** Which members: a path inside the archive or a glob, or several. Default: all. */
  readonly pattern?: string | readonly string[];
}

/**
 * Reads the files in archives, one element each, without extracting them: zip, tar, tar.gz, tar.zst (`*.zip`, `*.tar`, `*.tar.gz`, `*.tgz`, `*.tar.zst`, `*.tzst`), of this machine, on `gs://` or
 * downloaded. Members come in the order of the archive: a tar file's own, for zip that of its list at the end. One that comes twice is two elements.
 *
 * A zip file is split by its list of members, a tar file by its headers, which are read once; of both, a worker reads the bytes of its members alone. A compressed tar file is
 * one source shard. Shards have at most 256 members or about 16 MiB. The checksums of zip members are checked.
 *
 * @param options `as: 'text'` decodes UTF-8 (without a byte order mark); the default is the bytes
 * @throws DatasetsError while reading: SOURCE_MALFORMED with archive, member and byte; ARCHIVE_UNSAFE for a member whose path leaves the archive, for links and special
 *   files; LIMIT_EXCEEDED for what becomes too large; SOURCE_NOT_FOUND where no member matches; UNSUPPORTED for encrypted members and other kinds of compression
 * @example
 * ```ts
 * const images = pipeline
 *   .read(archiveMembers('photos-*.tar', { pattern: 'train/*.jpg' }))
 *   .keyBy(({ archive, path }) => `${archive}/${path}`);
 * ```
 */
export function archiveMembers(
  archives: FileReference,
  options: ArchiveMembersOptions & { readonly as: 'text' },
): Source<MemberText>;
export function archiveMembers(
  archives: FileReference,
  options?: ArchiveMembersOptions & { readonly as?: 'bytes' },
): Source<MemberBytes>;
export function archiveMembers(
  archives: FileReference,
  options: ArchiveMembersOptions & { readonly as?: 'bytes' | 'text' } = {},
): Source<MemberBytes | MemberText> {
  const patterns = typeof options.pattern === 'string' ? [options.pattern] : options.pattern;
  const matches = patterns === undefined ? () => true : globMatcher(patterns);
  const make: MakeMember<MemberBytes | MemberText> = options.as === 'text' ? textMember : bytesMember;

  async function split(found: readonly SourceFile[], context: SourceContext): Promise<readonly SourceShard[]> {
    const shards: SourceShard[] = [];
    let members: number | undefined = 0;
    for (const file of found) {
      const archive = await splitArchive(file, context, matches, options);
      shards.push(...archive.shards);
      members = members === undefined || archive.members === undefined ? undefined : members + archive.members;
    }
    if (members === 0) throw noMember(found, patterns);
    return shards;
  }

  return fileSource(archives, {
    kind: 'archiveMembers',
    split,
    read: (shard, context) => readMembers(shard.data as MemberShard, context, { matches, make, limits: options }),
  });
}

const bytesMember: MakeMember<MemberBytes> = (archive, path, bytes) => ({
  archive,
  path,
  // A view of exactly the member's bytes; values are plain Uint8Arrays.
  bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});

const textMember: MakeMember<MemberText> = (archive, path, bytes, name) => ({
  archive,
  path,
  text: decodeChunk(bytes.subarray(byteOrderMarkBytes(bytes)), name, () => 1),
});

function noMember(archives: readonly SourceFile[], patterns: readonly string[] | undefined): DatasetsError {
  const names = archives.slice(0, 3).map(({ name }) => name);
  const more = archives.length > 3 ? ` and ${archives.length - 3} more` : '';
  const which = patterns === undefined ? 'has a member' : `has a member that matches ${patterns.join(' or ')}`;
  return new DatasetsError('SOURCE_NOT_FOUND', `None of ${names.join(', ')}${more} ${which}`, {
    hint: 'List what is in it: `unzip -l` or `tar -t`. A pattern is matched against the whole path: **/*.jpg for any folder.',
    at: { file: names[0] ?? '' },
  });
}
