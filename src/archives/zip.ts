import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { DatasetsError } from '../core/errors/index.js';
import { piped } from './decompress.js';
import { damaged, type Member, memberPath, shown, unsafe } from './member.js';
import { localHeaderBytes, readAt, readZipDirectory, type ZipEntry } from './zip-directory.js';

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
  const file = await open(path, 'r');
  try {
    for (const entry of await readZipDirectory(file, archive)) {
      const name = memberPath(entry.name, archive);
      const kind = entry.name.at(-1) === 0x2f ? 'folder' : 'file';
      if (name === '' && kind === 'file') throw unsafe(archive, 'a file has no name');
      if (name === '') continue;
      yield { path: name, kind, content: kind === 'folder' ? none() : content(path, file, entry, archive) };
    }
  } finally {
    await file.close();
  }
}

async function* none(): AsyncGenerator<Uint8Array, void, undefined> {}

async function* content(
  path: string,
  file: FileHandle,
  entry: ZipEntry,
  archive: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const name = shown(Buffer.from(entry.name).toString('utf8'));
  const start = await contentOffset(file, entry, name, archive);
  let checksum = 0;
  let bytes = 0;
  for await (const chunk of decompressed(path, start, entry, name, archive)) {
    checksum = crc32(chunk, checksum);
    bytes += chunk.length;
    if (bytes > entry.bytes) break;
    yield chunk;
  }
  if (bytes !== entry.bytes) throw damaged(archive, `${name} has another size than it says`);
  if (checksum !== entry.crc32) throw damaged(archive, `${name} has another checksum than it says`);
}

/** The member's own header must speak of the same file: programs that read one and those that read the other would see different archives. */
async function contentOffset(file: FileHandle, entry: ZipEntry, name: string, archive: string): Promise<number> {
  const header = await readAt(file, entry.offset, entry.offset + localHeaderBytes + entry.name.length);
  const isHeader = header.length === localHeaderBytes + entry.name.length && header.readUInt32LE(0) === localSignature;
  if (!isHeader) throw damaged(archive, `${name} is not where it should be`);
  const nameBytes = header.readUInt16LE(26);
  if (nameBytes !== entry.name.length || !header.subarray(localHeaderBytes).equals(entry.name)) {
    throw unsafe(archive, `${name} has another name in its own header`);
  }
  return entry.offset + localHeaderBytes + nameBytes + header.readUInt16LE(28);
}

function decompressed(
  path: string,
  start: number,
  entry: ZipEntry,
  name: string,
  archive: string,
): AsyncIterable<Uint8Array> {
  if (entry.compressedBytes === 0 && entry.method === stored) return none();
  const compressed = createReadStream(path, { start, end: start + Math.max(1, entry.compressedBytes) - 1 });
  if (entry.method === stored) return compressed;
  if (entry.method === deflated) {
    return piped(compressed, createInflateRaw(), (cause) => damaged(archive, `${name} can't be decompressed`, cause));
  }
  compressed.destroy();
  throw new DatasetsError(
    'UNSUPPORTED',
    `${archive} can't be extracted: ${name} is compressed by method ${entry.method}`,
    {
      hint: 'Deflate (8) and no compression (0) are read. Pack it anew, e.g. with zip, or unpack it by hand.',
      at: { file: archive },
    },
  );
}
