import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { DatasetsError } from '../core/errors/index.js';
import { piped } from './decompress.js';
import { damaged, type Member, memberPath, shown, unsafe } from './member.js';
import { fileAccess, type RandomAccess } from './random-access.js';
import { localHeaderBytes, readZipDirectory, type ZipEntry } from './zip-directory.js';

const localSignature = 0x04034b50;
const stored = 0;
const deflated = 8;

/**
 * The members of a zip file, in the order of its central directory: stored or deflated, zip64 included.
 *
 * @param path absolute.
 * @param archive for messages.
 * @throws DatasetsError ARCHIVE_UNSAFE for links, special files, overlapping members and paths that leave the archive; SOURCE_MALFORMED; UNSUPPORTED for
 *   encrypted members and other methods of compression
 */
export async function* zipMembers(path: string, archive: string): AsyncGenerator<Member, void, undefined> {
  const opened = await open(path, 'r');
  try {
    yield* zipMembersOf(await fileAccess(opened), archive);
  } finally {
    await opened.close();
  }
}

/** The same of a file that somebody else opens and closes. */
export async function* zipMembersOf(file: RandomAccess, archive: string): AsyncGenerator<Member, void, undefined> {
  for (const entry of await readZipDirectory(file, archive)) {
    const member = zipMember(entry, archive);
    if (member === undefined) continue;
    const body = member.kind === 'folder' ? none() : content(file, entry, archive);
    yield { ...member, bytes: entry.bytes, content: body };
  }
}

/**
 * What an entry of a central directory stands for; undefined for the archive's own folder.
 *
 * @throws DatasetsError ARCHIVE_UNSAFE
 */
export function zipMember(entry: ZipEntry, archive: string): Pick<Member, 'path' | 'kind'> | undefined {
  const path = memberPath(entry.name, archive);
  const kind = entry.name.at(-1) === 0x2f ? 'folder' : 'file';
  if (path === '' && kind === 'file') throw unsafe(archive, 'a file has no name');
  return path === '' ? undefined : { path, kind };
}

/** What the member's extra field may take without a second reading. */
const usualExtraBytes = 256;

/**
 * The content of one member, whole and checked. Memory: the member, compressed and not.
 *
 * @throws DatasetsError as `zipMembers`
 */
export async function readZipMember(file: RandomAccess, entry: ZipEntry, archive: string): Promise<Buffer> {
  const name = nameOf(entry);
  const place = { archive, offset: entry.offset };
  checkMethod(entry, name, archive);
  const headerBytes = localHeaderBytes + entry.name.length;
  const wanted = headerBytes + usualExtraBytes + entry.compressedBytes;
  const bytes = await file.read(entry.offset, Math.min(wanted, file.bytes - entry.offset));
  const start = contentStart(bytes.subarray(0, headerBytes), entry, name, archive);
  let compressed = bytes.subarray(start, start + entry.compressedBytes);
  if (compressed.length < entry.compressedBytes) {
    const at = entry.offset + start;
    compressed = await file.read(at, Math.max(0, Math.min(entry.compressedBytes, file.bytes - at)));
  }
  if (compressed.length < entry.compressedBytes) throw damaged(place, `it ends in the middle of ${name}`);
  const content = entry.method === stored ? compressed : inflated(compressed, entry, name, archive);
  checkContent(content.length, crc32(content), entry, name, archive);
  return content;
}

function inflated(compressed: Buffer, entry: ZipEntry, name: string, archive: string): Buffer {
  try {
    // Never more memory than the member says that it takes; one byte more tells of a member that lies.
    return inflateRawSync(compressed, { maxOutputLength: entry.bytes + 1 });
  } catch (cause) {
    throw damaged({ archive, offset: entry.offset }, `${name} can't be decompressed to ${entry.bytes} bytes`, cause);
  }
}

function nameOf(entry: ZipEntry): string {
  return shown(Buffer.from(entry.name).toString('utf8'));
}

function checkContent(bytes: number, checksum: number, entry: ZipEntry, name: string, archive: string): void {
  const place = { archive, offset: entry.offset };
  if (bytes !== entry.bytes) throw damaged(place, `${name} has another size than it says`);
  if (checksum !== entry.crc32) throw damaged(place, `${name} has another checksum than it says`);
}

async function* none(): AsyncGenerator<Uint8Array, void, undefined> {}

async function* content(
  file: RandomAccess,
  entry: ZipEntry,
  archive: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const name = nameOf(entry);
  const header = await file.read(entry.offset, localHeaderBytes + entry.name.length);
  const start = entry.offset + contentStart(header, entry, name, archive);
  let checksum = 0;
  let bytes = 0;
  for await (const chunk of decompressed(file, start, entry, name, archive)) {
    checksum = crc32(chunk, checksum);
    bytes += chunk.length;
    if (bytes > entry.bytes) break;
    yield chunk;
  }
  checkContent(bytes, checksum, entry, name, archive);
}

/**
 * Where the content begins behind the start of the member's own header, which must speak of the same file: programs that read one and those that read the other would see
 * different archives.
 */
function contentStart(header: Buffer, entry: ZipEntry, name: string, archive: string): number {
  const isHeader = header.length === localHeaderBytes + entry.name.length && header.readUInt32LE(0) === localSignature;
  if (!isHeader) throw damaged({ archive, offset: entry.offset }, `${name} is not where it should be`);
  const nameBytes = header.readUInt16LE(26);
  if (nameBytes !== entry.name.length || !header.subarray(localHeaderBytes).equals(entry.name)) {
    throw unsafe(archive, `${name} has another name in its own header`);
  }
  return localHeaderBytes + nameBytes + header.readUInt16LE(28);
}

function decompressed(
  file: RandomAccess,
  start: number,
  entry: ZipEntry,
  name: string,
  archive: string,
): AsyncIterable<Uint8Array> {
  checkMethod(entry, name, archive);
  if (entry.compressedBytes === 0 && entry.method === stored) return none();
  const compressed = pieces(file, start, start + entry.compressedBytes);
  if (entry.method === stored) return compressed;
  const place = { archive, offset: entry.offset };
  return piped(Readable.from(compressed), createInflateRaw(), (cause) =>
    damaged(place, `${name} can't be decompressed`, cause),
  );
}

const pieceBytes = 1 << 18;

/** Ends early where the file does. */
async function* pieces(file: RandomAccess, from: number, to: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = from; at < to; ) {
    const piece = await file.read(at, Math.min(pieceBytes, to - at));
    if (piece.length === 0) return;
    at += piece.length;
    yield piece;
  }
}

function checkMethod({ method }: ZipEntry, name: string, archive: string): void {
  if (method === stored || method === deflated) return;
  throw new DatasetsError('UNSUPPORTED', `${archive} can't be read: ${name} is compressed by method ${method}`, {
    hint: 'Deflate (8) and no compression (0) are read. Pack it anew, e.g. with zip, or unpack it by hand.',
    at: { file: archive },
  });
}
