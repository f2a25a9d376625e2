import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ExtractionLimit,
  type Member,
  shown,
  tarMembers,
  unsafe,
  writeMember,
  zipMembersOf,
} from '../../archives/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { storageError } from '../../storage/index.js';
import { archiveFormat } from '../archive-members/archive-format.js';
import { memberName } from '../archive-members/member-name.js';
import type { SourceContext } from '../source.js';
import { readStagedRecord, writeStagedRecord } from '../staged-record.js';
import { decompressBlocks } from './decompress.js';
import { fileStamp } from './file-state.js';
import { globMatcher, isGlob } from './glob.js';
import { stagingDirectory } from './location.js';
import { openFile } from './open-file.js';
import { changed, type OpenedFile } from './opened-file.js';
import { readPieces } from './read-pieces.js';
import type { SourceFile } from './resolve-files.js';
import type { StagedMembers } from './staged-members.js';

const blockBytes = 1 << 18;
/** As for archives whose members are elements. */
const maxExtractionRatio = 200;

/** By the absolute path of their folder: two sources of a build may name the same members. */
const underWay = new Map<string, Promise<StagedMembers>>();

/**
 * The members of an archive that a pattern names, extracted into the build's staging directory: there every format reads them as it reads files, in parallel and in any order. A build that goes on, and
 * another source of the same build, find them there, as long as the archive is the same.
 *
 * @throws DatasetsError SOURCE_NOT_FOUND where no member matches; ARCHIVE_UNSAFE, SOURCE_MALFORMED, LIMIT_EXCEEDED, UNSUPPORTED as for other readers of archives; STORAGE_FULL, STORAGE_FAILED
 */
export async function stageMembers(
  archive: SourceFile,
  pattern: string,
  context: SourceContext,
): Promise<readonly SourceFile[]> {
  const named = JSON.stringify([archive.location, pattern]);
  const folder = `members-${createHash('sha256').update(named).digest('hex').slice(0, 20)}`;
  const directory = join(stagingDirectory(context), folder);
  const staging = underWay.get(directory) ?? findOrExtract(archive, pattern, directory, context);
  underWay.set(directory, staging);
  const { members } = await staging.finally(() => underWay.delete(directory));
  return members.map(({ path, bytes, file }): SourceFile => {
    const name = memberName(archive.name, path);
    const place = memberName(archive.location.path, path);
    return { location: { in: 'member', path: place, name, staged: `${folder}/${file}` }, name, bytes, archive };
  });
}

async function findOrExtract(
  archive: SourceFile,
  pattern: string,
  directory: string,
  context: SourceContext,
): Promise<StagedMembers> {
  const record = `${directory}.json`;
  const stamp = await fileStamp([archive], context);
  // Workers come here for no archive, and zod takes them 50 ms each.
  const { stagedMembers } = await import('./staged-members.js');
  const found = readStagedRecord(record, stagedMembers);
  if (found?.stamp === stamp && isThere(found, directory)) return found;
  const partial = `${directory}.partial`;
  await makeEmpty(partial);
  const staged = { stamp, members: await extract(archive, pattern, partial, context) };
  if ((await fileStamp([archive], context)) !== stamp) throw changed(archive.name, archive.bytes, archive.bytes);
  await rm(record, { force: true });
  await rm(directory, { recursive: true, force: true });
  await rename(partial, directory);
  writeStagedRecord(record, staged);
  return staged;
}

function isThere({ members }: StagedMembers, directory: string): boolean {
  return members.every(({ file, bytes }) => {
    const path = join(directory, file);
    return existsSync(path) && statSync(path).size === bytes;
  });
}

async function makeEmpty(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw storageError(error, 'create', directory);
  }
}

async function extract(
  archive: SourceFile,
  pattern: string,
  directory: string,
  context: SourceContext,
): Promise<StagedMembers['members']> {
  const matches = isGlob(pattern) ? globMatcher([pattern]) : (path: string) => path === pattern;
  const signal = context.signal ?? new AbortController().signal;
  const limits = { maxExtractionRatio, maxExtractedBytes: Number.POSITIVE_INFINITY };
  const limit = new ExtractionLimit(
    limits,
    archive.name,
    archive.bytes,
    'Unpack it by hand, and name the files in it,',
  );
  const members = new Map<string, StagedMembers['members'][number]>();
  const others: string[] = [];
  const opened = await openFile(archive.location, archive.bytes, context);
  try {
    for await (const member of membersOf(opened)) {
      limit.takeMember();
      const { path, kind } = member;
      if (kind === 'folder') continue;
      if (!matches(path)) {
        if (others.length < mostNamed) others.push(path);
        continue;
      }
      if (members.has(path)) throw unsafe(archive.name, `${shown(path)} comes twice`);
      // The end of its name tells how it is packed, and DuckDB what it holds.
      const file = `${members.size}${/(?:\.[a-z0-9]{1,10}){0,2}$/i.exec(path)?.[0] ?? ''}`;
      const bytes = await writeMember(member, join(directory, file), limit, archive.name, signal);
      members.set(path, { path, bytes, file });
    }
  } finally {
    await opened.close();
  }
  if (members.size === 0) throw noMember(archive.name, pattern, others);
  return [...members.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function membersOf(file: OpenedFile): AsyncIterable<Member> {
  switch (archiveFormat(file.name)) {
    case 'zip':
      return zipMembersOf(file, file.name);
    case 'tar':
      return tarMembers(ownPieces(file), file.name);
    case 'tar.gz':
      return tarMembers(decompressBlocks(file, 'gzip', blockBytes), file.name);
    case 'tar.zst':
      return tarMembers(decompressBlocks(file, 'zstd', blockBytes), file.name);
  }
}

/** The reader of a tar file keeps a piece for longer than it is valid. */
async function* ownPieces(file: OpenedFile): AsyncGenerator<Buffer, void, undefined> {
  for await (const piece of readPieces(file, 0, file.bytes)) yield Buffer.from(piece);
}

const mostNamed = 5;

function noMember(archive: string, pattern: string, others: readonly string[]): DatasetsError {
  const held = others.length === 0 ? 'It holds no files.' : `It holds ${others.map(shown).join(', ')}, for instance.`;
  return new DatasetsError('SOURCE_NOT_FOUND', `No file of ${archive} matches ${pattern}`, {
    hint: `${held} A pattern is matched against the whole path: **/*.csv for any folder.`,
    at: { file: archive },
  });
}
