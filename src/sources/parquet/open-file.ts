import { closeSync, readSync } from 'node:fs';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { nearestHint } from '../../core/names/index.js';
import { openUnchanged } from '../files/open-file.js';
import { malformedFile } from '../malformed.js';
import { columnTypeOf, type ParquetColumn } from './column-type.js';

/** An opened Parquet file: its footer, and a way to its bytes. */
export interface ParquetFile {
  readonly path: string;
  readonly name: string;
  readonly metadata: FileMetaData;
  readonly buffer: AsyncBuffer;
  close(): void;
}

/** Opens a file and reads its footer. */
export async function openParquet(path: string, name: string, byteLength: number): Promise<ParquetFile> {
  const { parquetMetadataAsync } = await import('hyparquet');
  const descriptor = openUnchanged(path, name, byteLength);
  try {
    const buffer: AsyncBuffer = { byteLength, slice: (start, end) => readSlice(descriptor, start, end ?? byteLength) };
    const metadata = await parquetMetadataAsync(buffer, { geoparquet: false }).catch((error: unknown) => {
      throw malformedFile(name, 'is not a whole Parquet file: its footer cannot be read', {
        hint: 'Fetch or write the file again.',
        cause: error,
      });
    });
    return { path, name, metadata, buffer, close: () => closeSync(descriptor) };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Reads synchronously: a worker has nothing else to do, and a promise a read costs more than the read. */
function readSlice(descriptor: number, start: number, end: number): ArrayBuffer {
  const bytes = new Uint8Array(Math.max(0, end - start));
  for (let filled = 0; filled < bytes.length; ) {
    const read = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled);
    if (read === 0) return bytes.buffer.slice(0, filled);
    filled += read;
  }
  return bytes.buffer;
}

/** The columns wanted, in the order asked for or the file's, with their types. */
export async function selectColumns(
  file: ParquetFile,
  wanted: readonly string[] | undefined,
): Promise<readonly ParquetColumn[]> {
  const { parquetSchema } = await import('hyparquet');
  const trees = new Map(parquetSchema(file.metadata).children.map((tree) => [tree.element.name, tree]));
  return (wanted ?? [...trees.keys()]).map((name) => {
    const tree = trees.get(name);
    if (tree !== undefined) return { name, type: columnTypeOf(tree, file.name) };
    throw malformedFile(file.name, `has no column ${JSON.stringify(name)}`, {
      hint: nearestHint(name, trees.keys(), 'columns'),
    });
  });
}
