import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { DatasetsError } from '../../core/errors/index.js';
import { nearestHint } from '../../core/names/index.js';
import type { TypedColumn } from '../columnar/column-type.js';
import type { FileLocation } from '../files/location.js';
import { openFile } from '../files/open-file.js';
import { LocalFile, type OpenedFile } from '../files/opened-file.js';
import { malformedFile } from '../malformed.js';
import type { SourceContext } from '../source.js';
import { columnTypeOf } from './column-type.js';

/** An opened Parquet file: its footer, and a way to its bytes. */
export interface ParquetFile {
  /** Absolute path of a file of this machine. */
  readonly path: string | undefined;
  readonly name: string;
  readonly metadata: FileMetaData;
  readonly buffer: AsyncBuffer;
  close(): Promise<void>;
}

/** Opens a file and reads its footer. */
export async function openParquet(
  location: FileLocation,
  byteLength: number,
  context: SourceContext,
): Promise<ParquetFile> {
  const { parquetMetadataAsync } = await import('hyparquet');
  const file = await openFile(location, byteLength, context);
  const { name } = file;
  try {
    const buffer: AsyncBuffer = { byteLength, slice: (start, end) => readSlice(file, start, end ?? byteLength) };
    const metadata = await parquetMetadataAsync(buffer, { geoparquet: false }).catch((error: unknown) => {
      if (error instanceof DatasetsError) throw error;
      throw malformedFile(name, 'is not a whole Parquet file: its footer cannot be read', {
        hint: 'Fetch or write the file again.',
        cause: error,
      });
    });
    const path = file instanceof LocalFile ? file.path : undefined;
    return { path, name, metadata, buffer, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The bytes `start .. end` in memory of their own. */
function readSlice(file: OpenedFile, start: number, end: number): ArrayBuffer | Promise<ArrayBuffer> {
  const memory = new ArrayBuffer(Math.max(0, end - start));
  const into = Buffer.from(memory);
  if (file instanceof LocalFile) return cut(memory, file.readSync(start, into.length, into).length);
  return file.read(start, into.length, into).then((bytes) => cut(memory, bytes.length));
}

function cut(memory: ArrayBuffer, bytes: number): ArrayBuffer {
  return bytes === memory.byteLength ? memory : memory.slice(0, bytes);
}

/** The columns wanted, in the order asked for or the file's, with their types. */
export async function selectColumns(
  file: ParquetFile,
  wanted: readonly string[] | undefined,
): Promise<readonly TypedColumn[]> {
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
