import { readFileSync } from 'node:fs';
import { fileSource } from './file-source.js';
import { absolutePath, type FileLocation, type LocalLocation, locationName } from './files/location.js';
import { mapFiles } from './files/map-files.js';
import { openFile } from './files/open-file.js';
import { changed, unreadable } from './files/opened-file.js';
import type { FileReference, SourceFile } from './files/resolve-files.js';
import { batchElements, type Source, type SourceBatch, type SourceContext, type SourceShard } from './source.js';
import { byteOrderMarkBytes, decodeChunk } from './text/decode.js';

/** A file as an element. */
export interface FileBytes {
  /** As the reference names it: relative to the builder module's folder or to the package's, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A text file as an element. */
export interface FileText {
  readonly path: string;
  readonly text: string;
}

type GroupedFile<L extends FileLocation = FileLocation> = { readonly file: L; readonly fileBytes: number };
type FileGroup = { readonly files: readonly GroupedFile[] };

/** A source shard closes with whichever comes first. */
const shardFiles = 256;
const shardBytes = 16 << 20;
const batchBytes = 1 << 20;

/**
 * Reads whole files, one element each: thousands of small ones, e.g. a folder of images or mails.
 *
 * Consecutive files are grouped into source shards of at most 256 files or about 16 MiB, by the list alone.
 *
 * @param options `as: 'text'` decodes UTF-8 (without a byte order mark; line ends stay); the default is the bytes
 * @throws DatasetsError while reading: SOURCE_MALFORMED with file, line and column where a byte is not UTF-8
 * @example
 * ```ts
 * const mails = pipeline.read(files('mails/*.txt', { as: 'text' })).keyBy((mail) => mail.path);
 * ```
 */
export function files(reference: FileReference, options: { readonly as: 'text' }): Source<FileText>;
export function files(reference: FileReference, options?: { readonly as: 'bytes' }): Source<FileBytes>;
export function files(
  reference: FileReference,
  options: { readonly as: 'bytes' | 'text' } = { as: 'bytes' },
): Source<FileBytes | FileText> {
  const element: MakeElement<FileBytes | FileText> = options.as === 'text' ? textElement : bytesElement;
  return fileSource(reference, {
    kind: 'files',
    split: async (found) => groupFiles(found),
    read: (shard, context) => readGroup(shard.data as FileGroup, context, element),
  });
}

function groupFiles(found: readonly SourceFile[]): readonly SourceShard[] {
  const shards: SourceShard[] = [];
  for (let from = 0; from < found.length; ) {
    let bytes = found[from]?.bytes ?? 0;
    let to = from + 1;
    while (to < found.length && to - from < shardFiles && bytes + (found[to]?.bytes ?? 0) <= shardBytes) {
      bytes += found[to]?.bytes ?? 0;
      to++;
    }
    const group = found.slice(from, to);
    const more = group.length > 1 ? ` and ${group.length - 1} more` : '';
    const data: FileGroup = { files: group.map((file) => ({ file: file.location, fileBytes: file.bytes })) };
    shards.push({ id: `${group[0]?.name}${more}`, data, rows: group.length, bytes });
    from = to;
  }
  return shards;
}

type MakeElement<T> = (path: string, bytes: Buffer, name: string) => T;

const bytesElement: MakeElement<FileBytes> = (path, bytes) => ({
  path,
  // A view of exactly the file's bytes; values are plain Uint8Arrays.
  bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});

const textElement: MakeElement<FileText> = (path, bytes, name) => ({
  path,
  text: decodeChunk(bytes.subarray(byteOrderMarkBytes(bytes)), name, () => 1),
});

function readGroup<T>(
  group: FileGroup,
  context: SourceContext,
  element: MakeElement<T>,
): Iterable<SourceBatch<T>> | AsyncIterable<SourceBatch<T>> {
  return group.files.every(isLocal)
    ? readLocalGroup(group.files, context, element)
    : readRemoteGroup(group.files, context, element);
}

function isLocal(file: GroupedFile): file is GroupedFile<LocalLocation> {
  return file.file.in !== 'bucket';
}

/** Fetches many files at once, since each takes a round trip; a group holds 16 MiB, or one larger file. */
async function* readRemoteGroup<T>(
  files: readonly GroupedFile[],
  context: SourceContext,
  element: MakeElement<T>,
): AsyncGenerator<SourceBatch<T>, void, undefined> {
  const elements = await mapFiles(files, async ({ file, fileBytes }) => {
    const opened = await openFile(file, fileBytes, context);
    const content = await opened.read(0, opened.bytes).finally(() => opened.close());
    return element(file.path, content, opened.name);
  });
  yield batchOf(
    elements,
    files.map(({ file }) => locationName(file)),
  );
}

function* readLocalGroup<T>(
  files: readonly GroupedFile<LocalLocation>[],
  context: SourceContext,
  element: MakeElement<T>,
): Generator<SourceBatch<T>, void, undefined> {
  let elements: T[] = [];
  let names: string[] = [];
  let bytes = 0;
  for (const { file, fileBytes } of files) {
    const name = locationName(file);
    const content = readWhole(file, name, fileBytes, context);
    elements.push(element(file.path, content, name));
    names.push(name);
    bytes += content.length;
    if (bytes >= batchBytes || elements.length >= batchElements) {
      yield batchOf(elements, names);
      elements = [];
      names = [];
      bytes = 0;
    }
  }
  if (elements.length > 0) yield batchOf(elements, names);
}

function batchOf<T>(elements: readonly T[], names: readonly string[]): SourceBatch<T> {
  return { elements, position: (index) => names[index] ?? '' };
}

/** Reads synchronously, which for small files is several times faster than a promise each. */
function readWhole(file: LocalLocation, name: string, expectedBytes: number, context: SourceContext): Buffer {
  let content: Buffer;
  try {
    content = readFileSync(absolutePath(file, context));
  } catch (error) {
    throw unreadable(name, error);
  }
  if (content.length === expectedBytes) return content;
  throw changed(name, expectedBytes, content.length);
}
