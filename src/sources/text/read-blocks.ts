import { gunzipBlocks } from '../files/gunzip.js';
import { type LocalLocation, locationName } from '../files/location.js';
import { openFile, openLocalFile } from '../files/open-file.js';
import { readPieces } from '../files/read-pieces.js';
import { malformedFile } from '../malformed.js';
import type { SourceContext } from '../source.js';
import { type FileRange, isGzip } from './file-range.js';

/**
 * Bytes of a block. A field that an author keeps is a slice of its block's text, so a block is also the most that one kept string can hold in memory.
 */
export const blockBytes = 64 << 10;

/**
 * The content of a range in blocks, each valid until the next one: from a plain file of this machine synchronously, since a worker has nothing else to do.
 */
export function readBlocks(range: FileRange, context: SourceContext): Iterable<Buffer> | AsyncIterable<Buffer> {
  if (isGzip(locationName(range.file))) return readGzipBlocks(range, context);
  return range.file.in === 'bucket' ? readRemoteBlocks(range, context) : readLocalBlocks(range.file, range, context);
}

function* readLocalBlocks(
  location: LocalLocation,
  range: FileRange,
  context: SourceContext,
): Generator<Buffer, void, undefined> {
  const file = openLocalFile(location, range.fileBytes, context);
  try {
    const memory = Buffer.allocUnsafeSlow(blockBytes);
    for (let at = range.from; at < range.to; ) {
      const block = file.readSync(at, Math.min(blockBytes, range.to - at), memory);
      if (block.length === 0) throw malformedFile(file.name, 'became shorter while it was read', { offset: at });
      at += block.length;
      yield block;
    }
  } finally {
    file.closeSync();
  }
}

async function* readRemoteBlocks(range: FileRange, context: SourceContext): AsyncGenerator<Buffer, void, undefined> {
  const file = await openFile(range.file, range.fileBytes, context);
  try {
    for await (const piece of readPieces(file, range.from, range.to)) {
      for (let at = 0; at < piece.length; at += blockBytes) yield piece.subarray(at, at + blockBytes);
    }
  } finally {
    await file.close();
  }
}

async function* readGzipBlocks(range: FileRange, context: SourceContext): AsyncGenerator<Buffer, void, undefined> {
  const file = await openFile(range.file, range.fileBytes, context);
  try {
    yield* gunzipBlocks(file, blockBytes);
  } finally {
    await file.close();
  }
}
