import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DatasetsError } from '../../core/errors/index.js';
import { malformedFile } from '../malformed.js';
import { LocalFile, type OpenedFile } from './opened-file.js';
import { readPieces } from './read-pieces.js';

/**
 * The content of a gzip file (of any number of members), in blocks of at most `blockBytes`.
 *
 * @throws DatasetsError SOURCE_MALFORMED when it is none, or not complete
 */
export async function* gunzipBlocks(file: OpenedFile, blockBytes: number): AsyncGenerator<Buffer, void, undefined> {
  const compressed = byteStream(file);
  const plain = createGunzip({ chunkSize: blockBytes });
  compressed.on('error', (error) => plain.destroy(error));
  compressed.pipe(plain);
  try {
    for await (const block of plain) yield block;
  } catch (error) {
    if (error instanceof DatasetsError) throw error;
    throw notGzip(file.name, error);
  } finally {
    compressed.destroy();
    plain.destroy();
  }
}

export function notGzip(name: string, cause: unknown): DatasetsError {
  return malformedFile(name, 'is not a complete gzip file', {
    hint: 'Fetch or write the file again; a file that is not compressed must not be named *.gz.',
    cause,
  });
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
