import { createReadStream } from 'node:fs';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { zstdBlocks } from '../../core/compression/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { malformedFile } from '../malformed.js';
import type { Compression } from './compression.js';
import { LocalFile, type OpenedFile } from './opened-file.js';
import { readPieces } from './read-pieces.js';

/**
 * The content of a compressed file (gzip and zstd: of any number of members or frames), in blocks of at most `blockBytes`.
 *
 * @throws DatasetsError SOURCE_MALFORMED when it is none, or not complete
 */
export async function* decompressBlocks(
  file: OpenedFile,
  compression: Compression,
  blockBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    if (compression === 'zstd') yield* unzstdBlocks(file, blockBytes);
    else
      yield* piped(
        file,
        compression === 'gzip' ? createGunzip({ chunkSize: blockBytes }) : createInflate({ chunkSize: blockBytes }),
      );
  } catch (error) {
    if (error instanceof DatasetsError) throw error;
    // What is said of frames is our own, and in words.
    const why = compression === 'zstd' && error instanceof RangeError ? `: ${error.message}` : '';
    throw malformedFile(file.name, `is not a complete ${compression} file${why}`, {
      hint: hints[compression],
      cause: error,
    });
  }
}

const hints: Readonly<Record<Compression, string>> = {
  gzip: 'Fetch or write the file again; a file that is not compressed must not be named *.gz.',
  zstd: 'Fetch or write the file again; a file that is not compressed must not be named *.zst.',
  zlib: "Fetch or write the file again; a file that is not compressed is read with { compression: 'none' }.",
};

async function* unzstdBlocks(file: OpenedFile, blockBytes: number): AsyncGenerator<Buffer, void, undefined> {
  for await (const block of zstdBlocks(readPieces(file, 0, file.bytes))) {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    for (let at = 0; at < bytes.length; at += blockBytes) yield bytes.subarray(at, at + blockBytes);
  }
}

async function* piped(file: OpenedFile, plain: Transform): AsyncGenerator<Buffer, void, undefined> {
  const compressed = byteStream(file);
  compressed.on('error', (error) => plain.destroy(error));
  compressed.pipe(plain);
  try {
    for await (const block of plain) yield block;
  } finally {
    compressed.destroy();
    plain.destroy();
  }
}

/** A local file gets a descriptor of its own: one that a stream still reads from when it is destroyed must not be closed by anybody else. */
function byteStream(file: OpenedFile): Readable {
  if (file instanceof LocalFile) return createReadStream(file.path);
  return Readable.from(ownPieces(file));
}

/** A stream holds its chunks for longer than a piece is valid. */
async function* ownPieces(file: OpenedFile): AsyncGenerator<Buffer, void, undefined> {
  for await (const piece of readPieces(file, 0, file.bytes)) yield Buffer.from(piece);
}
