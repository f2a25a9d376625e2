import { readZipMember, tarMembers } from '../../archives/index.js';
import { decompressBlocks } from '../files/decompress.js';
import { mapFiles } from '../files/map-files.js';
import { openFile } from '../files/open-file.js';
import type { OpenedFile } from '../files/opened-file.js';
import { readPieces } from '../files/read-pieces.js';
import { batchElements, type SourceBatch, type SourceContext } from '../source.js';
import { checkMemberBytes, extractionLimit, type MemberLimits } from './member-limits.js';
import { memberName } from './member-name.js';
import { type MemberShard, zipEntryOf } from './member-shard.js';

const batchBytes = 1 << 20;
const blockBytes = 1 << 18;

/** @param name of the member, for messages. */
export type MakeMember<T> = (archive: string, path: string, bytes: Buffer, name: string) => T;

export interface MemberReading<T> {
  readonly matches: (path: string) => boolean;
  readonly make: MakeMember<T>;
  readonly limits: MemberLimits;
}

interface ReadMember {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The members of a source shard, in the archive's order. */
export async function* readMembers<T>(
  shard: MemberShard,
  context: SourceContext,
  { matches, make, limits }: MemberReading<T>,
): AsyncGenerator<SourceBatch<T>, void, undefined> {
  const file = await openFile(shard.file, shard.fileBytes, context);
  try {
    let elements: T[] = [];
    let names: string[] = [];
    let bytes = 0;
    for await (const member of membersOf(file, shard, matches, limits)) {
      const name = memberName(file.name, member.path);
      elements.push(make(shard.file.path, member.path, member.bytes, name));
      names.push(name);
      bytes += member.bytes.length;
      if (bytes < batchBytes && elements.length < batchElements) continue;
      yield batchOf(elements, names);
      elements = [];
      names = [];
      bytes = 0;
    }
    if (elements.length > 0) yield batchOf(elements, names);
  } finally {
    await file.close();
  }
}

function batchOf<T>(elements: readonly T[], names: readonly string[]): SourceBatch<T> {
  return { elements, position: (index) => names[index] ?? '' };
}

function membersOf(
  file: OpenedFile,
  shard: MemberShard,
  matches: (path: string) => boolean,
  limits: MemberLimits,
): AsyncIterable<ReadMember> {
  switch (shard.kind) {
    case 'zip':
      return zipShard(file, shard);
    case 'tar':
      return tarFiles(tarMembers(ownPieces(file, shard.from, shard.to), file.name, shard.from), file, matches, limits);
    case 'stream': {
      const { compression } = shard;
      const blocks =
        compression === null ? ownPieces(file, 0, file.bytes) : decompressBlocks(file, compression, blockBytes);
      return tarFiles(tarMembers(blocks, file.name), file, matches, limits);
    }
  }
}

/** Many at once, since on a bucket each takes a round trip; a shard holds 16 MiB, or one larger member. */
async function* zipShard(
  file: OpenedFile,
  { members }: MemberShard & { readonly kind: 'zip' },
): AsyncGenerator<ReadMember, void, undefined> {
  const contents = await mapFiles(members, (member) => readZipMember(file, zipEntryOf(member), file.name));
  for (const [index, { path }] of members.entries()) yield { path, bytes: contents[index] ?? Buffer.alloc(0) };
}

async function* tarFiles(
  members: ReturnType<typeof tarMembers>,
  file: OpenedFile,
  matches: (path: string) => boolean,
  limits: MemberLimits,
): AsyncGenerator<ReadMember, void, undefined> {
  const limit = extractionLimit(limits, file.name, file.bytes);
  for await (const { path, kind, bytes: size = 0, content } of members) {
    limit.takeMember();
    limit.take(size);
    if (kind === 'folder' || !matches(path)) continue;
    checkMemberBytes(limits, memberName(file.name, path), size);
    const bytes = Buffer.allocUnsafeSlow(size);
    let filled = 0;
    for await (const chunk of content) {
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
    yield { path, bytes };
  }
}

/** The reader of a tar file keeps a piece for longer than it is valid. */
async function* ownPieces(file: OpenedFile, from: number, to: number): AsyncGenerator<Buffer, void, undefined> {
  for await (const piece of readPieces(file, from, to)) yield Buffer.from(piece);
}
