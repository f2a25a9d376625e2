import { DatasetsError } from '../core/errors/index.js';
import { type ArchivePlace, damaged, shown, unsafe } from './member.js';
import type { RandomAccess } from './random-access.js';

/** Signatures and sizes: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
const endSignature = 0x06054b50;
const endBytes = 22;
const locatorSignature = 0x07064b50;
const locatorBytes = 20;
const end64Signature = 0x06064b50;
const end64Bytes = 56;
const entrySignature = 0x02014b50;
const entryBytes = 46;
const maxCommentBytes = 65_535;
/** Of the list of members, which is held in memory: some five million of them. */
const maxDirectoryBytes = 1 << 29;

/** One line of the central directory. */
export interface ZipEntry {
  readonly name: Uint8Array;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Of the member's own header, in the file. */
  readonly offset: number;
}

/**
 * Reads the list of members at the end of a zip file, zip64 included.
 *
 * @throws DatasetsError SOURCE_MALFORMED; ARCHIVE_UNSAFE for links and other special files, and for members that overlap (a way to make bombs); UNSUPPORTED for
 *   encrypted members
 */
export async function readZipDirectory(file: RandomAccess, archive: string): Promise<readonly ZipEntry[]> {
  const size = file.bytes;
  const tail = await readAt(file, Math.max(0, size - endBytes - maxCommentBytes - locatorBytes), size);
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + endBytes > tail.length || tail.readUInt32LE(end) !== endSignature) {
    throw damaged({ archive, offset: size }, 'it is no zip file, or its end is missing');
  }
  const endOffset = size - tail.length + end;
  const directory = await placeOfDirectory(file, tail, end, endOffset, archive);
  const place = { archive, offset: directory.offset };
  if (directory.bytes > maxDirectoryBytes) throw damaged(place, `its list of members has ${directory.bytes} bytes`);
  // Something may stand before the archive: a program that unpacks it.
  const shift = directory.end - directory.bytes - directory.offset;
  if (shift < 0) throw damaged(place, 'its list of members is not where it says');
  const bytes = await readAt(file, directory.offset + shift, directory.end);
  const entries = parseEntries(bytes, directory.offset + shift, shift, archive);
  if (entries.length !== directory.count)
    throw damaged(place, `it has ${entries.length} members and says ${directory.count}`);
  refuseOverlaps(entries, directory.offset + shift, archive);
  return entries;
}

interface DirectoryPlace {
  readonly count: number;
  readonly bytes: number;
  readonly offset: number;
  /** Where it ends in the file. */
  readonly end: number;
}

async function placeOfDirectory(
  file: RandomAccess,
  tail: Buffer,
  end: number,
  endOffset: number,
  archive: string,
): Promise<DirectoryPlace> {
  const plain = {
    count: tail.readUInt16LE(end + 10),
    bytes: tail.readUInt32LE(end + 12),
    offset: tail.readUInt32LE(end + 16),
    end: endOffset,
  };
  const locator = end - locatorBytes;
  if (locator < 0 || tail.readUInt32LE(locator) !== locatorSignature) return plain;
  const at = endOffset - locatorBytes - end64Bytes;
  const large = at < 0 ? Buffer.alloc(0) : await readAt(file, at, at + end64Bytes);
  if (large.length < end64Bytes || large.readUInt32LE(0) !== end64Signature)
    throw damaged({ archive, offset: at }, 'its zip64 end is broken');
  const place = { archive, offset: at };
  return {
    count: readUInt64(large, 32, place),
    bytes: readUInt64(large, 40, place),
    offset: readUInt64(large, 48, place),
    end: at,
  };
}

/** @param start where the list begins in the file; `shift` where the archive does. */
function parseEntries(bytes: Buffer, start: number, shift: number, archive: string): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const place = { archive, offset: start + at };
    if (at + entryBytes > bytes.length || bytes.readUInt32LE(at) !== entrySignature) {
      throw damaged(place, 'its list of members is broken');
    }
    const nameBytes = bytes.readUInt16LE(at + 28);
    const extraBytes = bytes.readUInt16LE(at + 30);
    const nameAt = at + entryBytes;
    const next = nameAt + nameBytes + extraBytes + bytes.readUInt16LE(at + 32);
    if (next > bytes.length) throw damaged(place, 'its list of members is broken');
    const name = bytes.subarray(nameAt, nameAt + nameBytes);
    const text = shown(name.toString('utf8'));
    if ((bytes.readUInt16LE(at + 8) & 1) !== 0) throw encrypted(archive, text);
    refuseSpecial(bytes.readUInt8(at + 5), bytes.readUInt32LE(at + 38), text, archive);
    const extra = bytes.subarray(nameAt + nameBytes, nameAt + nameBytes + extraBytes);
    const [size, compressed, offset] = largeNumbers(
      [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)],
      extra,
      place,
    );
    entries.push({
      name,
      method: bytes.readUInt16LE(at + 10),
      crc32: bytes.readUInt32LE(at + 16),
      bytes: size,
      compressedBytes: compressed,
      offset: offset + shift,
    });
    at = next;
  }
  return entries;
}

/** Made by Unix, the upper half of the attributes is the mode; macOS says it is Unix too. */
function refuseSpecial(madeBy: number, attributes: number, name: string, archive: string): void {
  const type = (attributes >>> 16) & 0o170000;
  if (madeBy !== 3 && madeBy !== 19) return;
  if (type === 0o120000) throw unsafe(archive, `${name} is a link`);
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) throw unsafe(archive, `${name} is no plain file`);
}

/** Those that don't fit 32 bits stand in the extra field 1, in this order. */
function largeNumbers(
  plain: readonly [size: number, compressed: number, offset: number],
  extra: Buffer,
  place: ArchivePlace,
): readonly [number, number, number] {
  if (!plain.includes(0xffffffff)) return plain;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    let used = 0;
    const number = (value: number): number => {
      if (value !== 0xffffffff) return value;
      used += 8;
      return readUInt64(field, used - 8, place);
    };
    return [number(plain[0]), number(plain[1]), number(plain[2])];
  }
  return plain;
}

function readUInt64(bytes: Buffer, at: number, place: ArchivePlace): number {
  if (at + 8 > bytes.length) throw damaged(place, 'a zip64 field is too short');
  const value = Number(bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw damaged(place, 'a zip64 number is too large');
  return value;
}

/** The same compressed bytes as many members: https://www.usenix.org/conference/woot19/presentation/fifield. */
function refuseOverlaps(entries: readonly ZipEntry[], directoryOffset: number, archive: string): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  sorted.forEach((entry, index) => {
    const limit = sorted[index + 1]?.offset ?? directoryOffset;
    if (entry.offset + localHeaderBytes + entry.name.length + entry.compressedBytes > limit) {
      throw unsafe(archive, `${shown(Buffer.from(entry.name).toString('utf8'))} overlaps another member`);
    }
  });
}

/** Of a member's own header, without its name and extra field. */
export const localHeaderBytes = 30;

function encrypted(archive: string, name: string): DatasetsError {
  return new DatasetsError('UNSUPPORTED', `${archive} can't be read: ${name} is encrypted`, {
    hint: 'Unpack it by hand, and read the files with this.manualPath(...).',
    at: { file: archive },
  });
}

/** Bytes from one offset up to another; fewer at the end of the file. */
function readAt(file: RandomAccess, from: number, to: number): Promise<Buffer> {
  return file.read(from, Math.max(0, Math.min(to, file.bytes) - from));
}
