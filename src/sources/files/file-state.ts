import { createHash, type Hash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { DatasetsError } from '../../core/errors/index.js';
import { stopIfInterrupted } from '../interrupted.js';
import type { SourceContext, SourceState } from '../source.js';
import { absolutePath, type LocalLocation } from './location.js';
import { mapFiles } from './map-files.js';
import { unreadable } from './opened-file.js';
import type { SourceFile } from './resolve-files.js';

/** Larger files are streamed, in pieces of this size. */
const readBytes = 512 << 10;

/** Size and digest of each file, in order: the sha256 of files of this machine, the CRC-32C that a bucket knows of its own. Of members of an archive it is the archive that counts, once. */
export function fileStates(files: readonly SourceFile[], context: SourceContext): Promise<readonly SourceState[]> {
  const inputs = new Map(files.map((file) => file.archive ?? file).map((file) => [file.name, file]));
  return mapFiles([...inputs.values()], (file) => fileState(file, context));
}

/**
 * A digest of every file's name, size and times, to the nanosecond; in a bucket, of its CRC-32C in place of the times. The time of the inode's change is among them: it tells of a file that was replaced by one
 * of the same size with an old date, as copying tools do.
 */
export async function fileStamp(files: readonly SourceFile[], context: SourceContext): Promise<string> {
  const lines = await mapFiles(files, (file) => stampLine(file, context));
  return createHash('sha256').update(lines.join('')).digest('hex');
}

async function stampLine({ archive, ...file }: SourceFile, context: SourceContext): Promise<string> {
  if (archive !== undefined) return `${JSON.stringify(file.name)} of ${await stampLine(archive, context)}`;
  if (file.location.in === 'bucket') return `${JSON.stringify(file.name)} ${file.bytes} ${file.location.crc32c}\n`;
  if (file.location.in === 'download') return `${JSON.stringify(file.name)} ${file.bytes} ${file.location.sha256}\n`;
  const { size, mtimeNs, ctimeNs } = await stat(absolutePath(file.location, context), { bigint: true });
  return `${JSON.stringify(file.name)} ${size} ${mtimeNs} ${ctimeNs}\n`;
}

async function fileState(file: SourceFile, context: SourceContext): Promise<SourceState> {
  stopIfInterrupted(context, `${file.name} was checked`);
  const { location, name, bytes } = file;
  if (location.in === 'bucket') {
    return { uri: name, bytes, ...(location.crc32c === null ? {} : { digest: `crc32c:${location.crc32c}` }) };
  }
  // It was compared with its digest before the build began. Of an archive, all members come from one download.
  if (location.in === 'download') return { uri: location.url, bytes: location.bytes, digest: location.sha256 };
  return localState(file, location, context);
}

async function localState(file: SourceFile, location: LocalLocation, context: SourceContext): Promise<SourceState> {
  const hash = createHash('sha256');
  const path = absolutePath(location, context);
  try {
    const bytes = file.bytes <= readBytes ? await hashSmall(path, hash) : await hashLarge(path, hash, file, context);
    return { uri: file.name, bytes, digest: hash.digest('hex') };
  } catch (error) {
    if (error instanceof DatasetsError) throw error;
    throw unreadable(file.name, error);
  }
}

async function hashSmall(path: string, hash: Hash): Promise<number> {
  const content = await readFile(path);
  hash.update(content);
  return content.length;
}

/** Reads to wherever the end is now, through one buffer: memory that is touched for the first time costs more than its hash. */
async function hashLarge(path: string, hash: Hash, file: SourceFile, context: SourceContext): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  const handle = await open(path);
  try {
    for (let bytes = 0; ; ) {
      stopIfInterrupted(context, `${file.name} was checked`);
      const { bytesRead } = await handle.read(buffer, 0, readBytes, bytes);
      if (bytesRead === 0) return bytes;
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
