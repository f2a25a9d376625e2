import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { DatasetsError } from '../../core/errors/index.js';
import { absolutePath, locationName } from '../files/location.js';
import { malformedFile } from '../malformed.js';
import type { SourceContext } from '../source.js';
import type { FileRange } from './file-range.js';

/**
 * Bytes of a block. A field that an author keeps is a slice of its block's text, so a block is also the most that one kept string can hold in memory.
 */
export const blockBytes = 64 << 10;

/** Opens a range's file and checks that it is the one that was split. */
function openRange(range: FileRange, context: SourceContext): number {
  const name = locationName(range.file);
  let descriptor: number;
  try {
    descriptor = openSync(absolutePath(range.file, context), 'r');
  } catch (error) {
    throw new DatasetsError('SOURCE_NOT_FOUND', `${name} cannot be opened`, {
      hint: 'Check that it is still there and may be read.',
      cause: error,
      at: { file: name },
    });
  }
  const { size } = fstatSync(descriptor);
  if (size === range.fileBytes) return descriptor;
  closeSync(descriptor);
  throw malformedFile(name, `was changed during the build: it had ${range.fileBytes} bytes, now it has ${size}`, {
    hint: 'Build again when nothing writes to the file.',
  });
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
