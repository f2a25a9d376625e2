import { closeSync, createReadStream, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { absolutePath, locationName } from '../files/location.js';
import { openUnchanged } from '../files/open-file.js';
import { malformedFile } from '../malformed.js';
import type { SourceContext } from '../source.js';
import type { FileRange } from './file-range.js';

/**
 * Bytes of a block. A field that an author keeps is a slice of its block's text, so a block is also the most that one kept string can hold in memory.
 */
export const blockBytes = 64 << 10;

function openRange(range: FileRange, context: SourceContext): number {
  return openUnchanged(absolutePath(range.file, context), locationName(range.file), range.fileBytes);
}

/** The bytes of a range of a plain file, in blocks. A block is valid until the next one. Reads synchronously: a worker has nothing else to do. */
export function* readPlainBlocks(range: FileRange, context: SourceContext): Generator<Buffer, void, undefined> {
  const descriptor = openRange(range, context);
  try {
    const block = Buffer.allocUnsafeSlow(blockBytes);
    for (let at = range.from; at < range.to; ) {
      const read = readSync(descriptor, block, 0, Math.min(blockBytes, range.to - at), at);
      if (read === 0) throw malformedFile(locationName(range.file), 'became shorter while it was read', { offset: at });
      at += read;
      yield block.subarray(0, read);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The content of a gzip file (of any number of members), in blocks. */
export async function* readGzipBlocks(
  range: FileRange,
  context: SourceContext,
): AsyncGenerator<Buffer, void, undefined> {
  closeSync(openRange(range, context));
  const file = createReadStream(absolutePath(range.file, context));
  const plain = createGunzip({ chunkSize: blockBytes });
  file.on('error', (error) => plain.destroy(error));
  file.pipe(plain);
  try {
    for await (const block of plain) yield block;
  } catch (error) {
    throw malformedFile(locationName(range.file), 'is not a complete gzip file', {
      hint: 'Fetch or write the file again; a file that is not compressed must not be named *.gz.',
      cause: error,
    });
  } finally {
    file.destroy();
    plain.destroy();
  }
}
