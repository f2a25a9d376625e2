import { type FileMetaData, parquetMetadataAsync, parquetSchema, type RowGroup } from 'hyparquet';
import { DatasetsError } from '../../core/errors/index.js';
import type { ColumnBatch } from '../../features/index.js';
import type { ArrowArray } from '../arrow/array.js';
import type { ArrowSchema } from '../arrow/arrow-writer.js';
import { BatchDecoder } from '../arrow/batch-decoder.js';
import { bitAt } from '../arrow/bits.js';
import type { RangeSource } from '../arrow/stream-reader.js';
import type { BatchPlace, BatchReader } from '../batch-reader.js';
import type { ColumnsDescription } from '../describe-columns.js';
import { assemble, type Chunks } from './assemble.js';
import { type Decompress, loadDecompress } from './decompress.js';
import { type FileLeaf, type FileNode, fileNodesOf } from './file-schema.js';
import { type ColumnChunkData, readChunk } from './page-reader.js';

/** A row group of a file, not yet read. */
export interface ParquetPlace extends BatchPlace {
  readonly group: RowGroup;
}

/** Read from a file's end at once: the footers of most files. */
const footerBytes = 1 << 16;

/**
 * Opens a Parquet file, written by this package or another, row group by row group.
 *
 * Columns are found by name and may be in any order, required or optional; lists stand for lists of a fixed length where the lengths allow; everything else must
 * match the features. Only the columns of the features are read.
 *
 * @param source The file's bytes; memory is bounded by its largest row group.
 * @param file Named in errors.
 * @throws DatasetsError `DATA_CORRUPT` for what is not a whole Parquet file of these features.
 * @example
 * for await (const batch of await openParquet(await storage.open(path), schema, path)) use(batch);
 */
export async function openParquet(
  source: RangeSource,
  schema: Pick<ArrowSchema, 'root' | 'leaves'>,
  file: string,
): Promise<BatchReader<ParquetPlace>> {
  return readFooter(source, file, (metadata) => new RowGroupReader(source, schema, file, metadata));
}

/**
 * Describes a Parquet file. Columns of which the footer doesn't tell that they have no null are read.
 *
 * @throws DatasetsError `DATA_CORRUPT` for what is not a whole Parquet file.
 */
export async function describeParquet(source: RangeSource, file: string): Promise<ColumnsDescription> {
  const { metadata, nodes, reader } = await readFooter(source, file, (metadata) => ({
    metadata,
    nodes: fileNodesOf(parquetSchema(metadata)),
    reader: new RowGroupReader(source, noField, file, metadata),
  }));
  const nulls = new Set<string>();
  const fields = nodes.map(({ field }) => field);
  for (const node of nodes) {
    if (isReadable(node.field) && mayHaveNulls(node, metadata.row_groups)) {
      for await (const array of reader.arraysOf(node)) collectNulls(array, node.field.name, nulls);
    }
  }
  return { fields, metadata: reader.metadata, rows: Number(metadata.num_rows), nulls };
}

/** Nothing is decoded into columns. */
const noField = { root: { kind: 'struct', fields: [] }, leaves: [] } as const;

/** Whether the values of a field, and all below it, are of types that this package knows. */
function isReadable({ type, children }: FileNode['field']): boolean {
  return type.kind !== 'other' && children.every(isReadable);
}

function mayHaveNulls(node: FileNode, groups: readonly RowGroup[]): boolean {
  const paths = new Set(leavesOf(node).map(({ leaf }) => leaf.path));
  return groups.some(({ columns }) =>
    columns.some(({ meta_data: data }) => {
      if (data === undefined || !paths.has(data.path_in_schema.join('.'))) return false;
      const nulls = data.statistics?.null_count;
      return nulls === undefined || Number(nulls) !== 0;
    }),
  );
}

function collectNulls(array: ArrowArray, path: string, nulls: Set<string>): void {
  const { validity, length, field } = array;
  if (validity !== undefined) {
    for (let slot = 0; slot < length; slot++) if (!bitAt(validity, slot)) nulls.add(path);
  }
  for (const child of array.children) {
    collectNulls(child, `${path}/${field.type.kind === 'list' ? 'item' : child.field.name}`, nulls);
  }
}

/** What a file's footer says; whatever can't be made of it is the file's fault. */
async function readFooter<T>(source: RangeSource, file: string, use: (metadata: FileMetaData) => T): Promise<T> {
  const slice = async (start: number, end = source.bytes): Promise<ArrayBuffer> => {
    // hyparquet wants a buffer of its own.
    const bytes = await source.read(start, end - start, new Uint8Array(end - start));
    return new Uint8Array(bytes).buffer;
  };
  try {
    const metadata = await parquetMetadataAsync(
      { byteLength: source.bytes, slice },
      { geoparquet: false, initialFetchSize: footerBytes },
    );
    return use(metadata);
  } catch (cause) {
    throw damaged(file, 'its footer cannot be read', Math.max(0, source.bytes - 8), cause);
  }
}

class RowGroupReader implements BatchReader<ParquetPlace> {
  readonly metadata: ReadonlyMap<string, string>;
  readonly #source: RangeSource;
  readonly #file: string;
  readonly #nodes: readonly FileNode[];
  readonly #decoder: BatchDecoder;
  readonly #places: readonly ParquetPlace[];

  constructor(
    source: RangeSource,
    { root, leaves }: Pick<ArrowSchema, 'root' | 'leaves'>,
    file: string,
    metadata: FileMetaData,
  ) {
    this.#source = source;
    this.#file = file;
    const pairs = metadata.key_value_metadata ?? [];
    this.metadata = new Map(pairs.map(({ key, value }) => [key, value ?? '']));
    const wanted = new Set(root.fields.map(({ name }) => name));
    this.#nodes = fileNodesOf(parquetSchema(metadata)).filter(({ field }) => wanted.has(field.name));
    const fields = this.#nodes.map(({ field }) => field);
    this.#decoder = new BatchDecoder(root, leaves, fields, file);
    let firstRow = 0;
    this.#places = metadata.row_groups.flatMap((group) => {
      const rows = Number(group.num_rows);
      const place = { firstRow, rows, bytes: chunkBytes(group), group };
      firstRow += rows;
      // Some writers end an empty file with an empty row group.
      return rows === 0 ? [] : [place];
    });
  }

  async *places(): AsyncGenerator<ParquetPlace, void, undefined> {
    yield* this.#places;
  }

  async read({ group, rows }: ParquetPlace): Promise<ColumnBatch> {
    const chunks = new Map<string, ColumnChunkData>();
    for (const node of this.#nodes) {
      for (const { field, leaf } of leavesOf(node)) chunks.set(leaf.path, await this.#readChunk(group, field, leaf));
    }
    return this.#attempt('a row group', undefined, () => this.#assemble(rows, chunks));
  }

  /** The array of a field in each row group. */
  async *arraysOf(node: FileNode): AsyncGenerator<ArrowArray, void, undefined> {
    for (const { group } of this.#places) {
      const chunks = new Map<string, ColumnChunkData>();
      for (const { field, leaf } of leavesOf(node)) chunks.set(leaf.path, await this.#readChunk(group, field, leaf));
      yield this.#attempt('a row group', undefined, () => assemble(node, chunks));
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ColumnBatch, void, undefined> {
    for (const place of this.#places) yield await this.read(place);
  }

  #assemble(rows: number, chunks: Chunks): ColumnBatch {
    const arrays = this.#nodes.map((node) => assemble(node, chunks));
    const odd = arrays.find(({ length }) => length !== rows);
    if (odd !== undefined) throw new RangeError(`${odd.length} values of '${odd.field.name}' for ${rows} rows`);
    return this.#decoder.decodeArrays(rows, arrays);
  }

  async #readChunk(group: RowGroup, field: FileNode['field'], leaf: FileLeaf): Promise<ColumnChunkData> {
    const found = group.columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === leaf.path)?.meta_data;
    if (found === undefined) throw damaged(this.#file, `a row group lacks the column '${leaf.path}'`, undefined);
    const start = Number(found.dictionary_page_offset ?? found.data_page_offset);
    const length = Number(found.total_compressed_size);
    if (!(start >= 0 && length >= 0 && start + length <= this.#source.bytes)) {
      throw damaged(this.#file, `the column '${leaf.path}' lies outside of it`, undefined);
    }
    const bytes = await this.#source.read(start, length, new Uint8Array(length));
    const decompress = await this.#decompressOf(found.codec, leaf.path);
    return this.#attempt(`the column '${leaf.path}'`, start, () =>
      readChunk(bytes, field, leaf, Number(found.num_values), decompress),
    );
  }

  async #decompressOf(codec: string, path: string): Promise<Decompress> {
    const decompress = await loadDecompress(codec);
    if (decompress !== undefined) return decompress;
    throw damaged(this.#file, `the column '${path}' is compressed with ${codec}, which is not known`, undefined);
  }

  /** Whatever a decoder throws for damaged bytes becomes an error that says where they lie. */
  #attempt<T>(what: string, offset: number | undefined, decode: () => T): T {
    try {
      return decode();
    } catch (cause) {
      if (cause instanceof DatasetsError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw damaged(this.#file, `${what} is damaged: it has ${reason}`, offset, cause);
    }
  }
}

function chunkBytes({ columns }: RowGroup): number {
  return columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0), 0);
}

interface NodeLeaf {
  readonly field: FileNode['field'];
  readonly leaf: FileLeaf;
}

function leavesOf(node: FileNode): readonly NodeLeaf[] {
  return node.leaf === undefined ? node.children.flatMap(leavesOf) : [{ field: node.field, leaf: node.leaf }];
}

function damaged(file: string, what: string, offset: number | undefined, cause?: unknown): DatasetsError {
  const at = offset === undefined ? '' : `, byte ${offset}`;
  return new DatasetsError('DATA_CORRUPT', `${file}${at}: not a whole Parquet file: ${what}`, {
    hint: 'The file changed after it was written. Restore it or build the version again.',
    at: { file, ...(offset !== undefined && { offset }) },
    cause,
  });
}
