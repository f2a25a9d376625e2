import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { DatasetsError } from '../../core/errors/index.js';
import { stopIfInterrupted } from '../interrupted.js';
import type { SourceContext, SourceState } from '../source.js';
import { absolutePath } from './location.js';
import { mapFiles } from './map-files.js';
import { unreadable } from './open-file.js';
import type { SourceFile } from './resolve-files.js';

/** Larger files are streamed, in pieces of this size. */
const readBytes = 1 << 20;

/** Size and sha256 of each file, in order. */
export function fileStates(files: readonly SourceFile[], context: SourceContext): Promise<readonly SourceState[]> {
  return mapFiles(files, (file) => fileState(file, context));
}

/**
 * A digest of every file's name, size and times, to the nanosecond. The time of the inode's change is among them: it tells of a file that was replaced by one
 * of the same size with an old date, as copying tools do.
 */
export async function fileStamp(files: readonly SourceFile[], context: SourceContext): Promise<string> {
  const lines = await mapFiles(files, async (file) => {
    const { size, mtimeNs, ctimeNs } = await stat(absolutePath(file.location, context), { bigint: true });
    return `${JSON.stringify(file.name)} ${size} ${mtimeNs} ${ctimeNs}\n`;
  });
  return createHash('sha256').update(lines.join('')).digest('hex');
}

async function fileState(file: SourceFile, context: SourceContext): Promise<SourceState> {
  stopIfInterrupted(context, `${file.name} was checked`);
  const hash = createHash('sha256');
  const path = absolutePath(file.location, context);
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

async function hashLarge(path: string, hash: Hash, file: SourceFile, context: SourceContext): Promise<number> {
  let bytes = 0;
  for await (const block of createReadStream(path, { highWaterMark: readBytes })) {
    stopIfInterrupted(context, `${file.name} was checked`);
    hash.update(block);
    bytes += block.length;
  }
  return bytes;
}
