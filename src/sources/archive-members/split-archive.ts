import { readZipDirectory, scanTar, zipMember } from '../../archives/index.js';
import { openFile } from '../files/open-file.js';
import type { OpenedFile } from '../files/opened-file.js';
import type { SourceFile } from '../files/resolve-files.js';
import { stopIfInterrupted } from '../interrupted.js';
import type { SourceContext, SourceShard } from '../source.js';
import { archiveFormat } from './archive-format.js';
import { checkMemberBytes, extractionLimit, type MemberLimits } from './member-limits.js';
import { memberName } from './member-name.js';
import type { MemberRange, MemberShard, ZipMemberData } from './member-shard.js';

/** A source shard closes with whichever comes first. */
const shardMembers = 256;
const shardBytes = 16 << 20;

/** A request to a bucket takes as long as this many bytes; a disk's read-ahead is shorter. */
const remoteWindowBytes = 2 << 20;
const localWindowBytes = 64 << 10;

/** What an archive was cut into. */
export interface SplitArchive {
  readonly shards: readonly SourceShard[];
  /** Members that match; undefined where only reading the archive tells. */
  readonly members: number | undefined;
}

/** A run of members for one source shard. */
interface Cut {
  readonly range: MemberRange;
  /** Index of the first among those that match. */
  readonly first: number;
  readonly count: number;
  readonly bytes: number;
}

/** Cuts an archive: a zip file by its list of members, a tar file by its headers, which are read once; a compressed tar file stays whole. */
export async function splitArchive(
  file: SourceFile,
  context: SourceContext,
  matches: (path: string) => boolean,
  limits: MemberLimits,
): Promise<SplitArchive> {
  const format = archiveFormat(file.name);
  if (format === 'tar.gz') return whole(file, 'gzip');
  if (format === 'tar.zst') return whole(file, 'zstd');
  const opened = await openFile(file.location, file.bytes, context);
  try {
    const cuts =
      format === 'zip'
        ? await cutZip(opened, matches, limits)
        : await cutTar(opened, file.location.in === 'bucket', matches, limits, context);
    if (cuts === undefined) return whole(file, null);
    const shards = cuts.map((cut) => shardOf(file, cut));
    return { shards, members: cuts.reduce((sum, { count }) => sum + count, 0) };
  } finally {
    await opened.close();
  }
}

function whole(file: SourceFile, compression: 'gzip' | 'zstd' | null): SplitArchive {
  const data: MemberShard = { file: file.location, fileBytes: file.bytes, kind: 'stream', compression };
  return { shards: [{ id: file.name, data, bytes: file.bytes }], members: undefined };
}

function shardOf(file: SourceFile, { range, first, count, bytes }: Cut): SourceShard {
  const data: MemberShard = { file: file.location, fileBytes: file.bytes, ...range };
  return { id: `${file.name} members ${first}-${first + count - 1}`, data, rows: count, bytes };
}

async function cutZip(
  file: OpenedFile,
  matches: (path: string) => boolean,
  limits: MemberLimits,
): Promise<readonly Cut[]> {
  const limit = extractionLimit(limits, file.name, file.bytes);
  const cuts: Cut[] = [];
  let first = 0;
  let members: ZipMemberData[] = [];
  let bytes = 0;
  const close = () => {
    if (members.length === 0) return;
    cuts.push({ range: { kind: 'zip', members }, first, count: members.length, bytes });
    first += members.length;
    members = [];
    bytes = 0;
  };
  for (const entry of await readZipDirectory(file, file.name)) {
    const member = zipMember(entry, file.name);
    limit.takeMember();
    limit.take(entry.bytes);
    if (member?.kind !== 'file' || !matches(member.path)) continue;
    checkMemberBytes(limits, memberName(file.name, member.path), entry.bytes);
    if (members.length === shardMembers || (members.length > 0 && bytes + entry.bytes > shardBytes)) close();
    members.push({ ...entry, name: Buffer.from(entry.name).toString('utf8'), path: member.path });
    bytes += entry.bytes;
  }
  close();
  return cuts;
}

/** Undefined for a file that can't be cut: its members depend on headers before them. */
async function cutTar(
  file: OpenedFile,
  isRemote: boolean,
  matches: (path: string) => boolean,
  limits: MemberLimits,
  context: SourceContext,
): Promise<readonly Cut[] | undefined> {
  const cuts: Cut[] = [];
  let open: { readonly from: number; readonly first: number; count: number; bytes: number } | undefined;
  let first = 0;
  let seen = 0;
  const close = (to: number) => {
    if (open === undefined) return;
    const { from, count, bytes } = open;
    cuts.push({ range: { kind: 'tar', from, to }, first: open.first, count, bytes });
    open = undefined;
  };
  let end = 0;
  for await (const member of scanTar(file, file.name, isRemote ? remoteWindowBytes : localWindowBytes)) {
    if (++seen % shardMembers === 0) stopIfInterrupted(context, `${file.name} was split`);
    if (member.dependsOnEarlier) return undefined;
    const { offset, bytes = 0 } = member;
    const isWanted = member.kind === 'file' && matches(member.path);
    // A run of members that nobody wants is not read.
    if (open !== undefined && (!isWanted || open.count === shardMembers || open.bytes + bytes > shardBytes))
      close(offset);
    if (!isWanted) continue;
    checkMemberBytes(limits, memberName(file.name, member.path), bytes);
    open ??= { from: offset, first, count: 0, bytes: 0 };
    open.count++;
    open.bytes += bytes;
    first++;
    end = member.end;
  }
  close(end);
  return cuts;
}
