import { type FoundBatch, findBatches, type RangeSource } from '../../formats/index.js';
import type { FileLocation } from '../files/location.js';
import { openFile } from '../files/open-file.js';
import { LocalFile, type OpenedFile } from '../files/opened-file.js';
import type { SourceFile } from '../files/resolve-files.js';
import { damagedSource } from '../malformed.js';
import type { SourceContext, SourceShard } from '../source.js';

/** Record batches of an Arrow file that follow each other and have the same dictionaries. What a shard carries. */
export type BatchRange = {
  readonly file: FileLocation;
  readonly fileBytes: number;
  /** Index of the first record batch in its file. */
  readonly batch: number;
  /** Index of its first row in the file; null where nobody asks for it. */
  readonly row: number | null;
  /** Byte offsets of the record batches and of the dictionary batches. */
  readonly starts: readonly number[];
  readonly dictionaries: readonly number[];
};

export const damagedHint = 'Fetch or write the file again; see that it is an Arrow IPC file or stream.';

/** A shard closes before the record batch that would make it larger. */
const shardBytes = 16 << 20;

/** Cuts a file into source shards. */
export async function splitBatches(
  file: SourceFile,
  context: SourceContext,
  countRows: boolean,
): Promise<readonly SourceShard[]> {
  const opened = await openFile(file.location, file.bytes, context);
  try {
    const batches = await findBatches(rangesOf(opened), file.name, countRows);
    return shardsOf(file, batches, countRows);
  } catch (error) {
    throw damagedSource(error, file.name, file.name, { hint: damagedHint });
  } finally {
    await opened.close();
  }
}

function shardsOf(file: SourceFile, batches: readonly FoundBatch[], countRows: boolean): readonly SourceShard[] {
  const shards: SourceShard[] = [];
  let row = 0;
  for (let from = 0; from < batches.length; ) {
    const { dictionaries } = batches[from] as FoundBatch;
    let bytes = 0;
    let to = from;
    for (let batch = batches[to]; batch?.dictionaries === dictionaries; batch = batches[++to]) {
      if (to > from && bytes + batch.bytes > shardBytes) break;
      bytes += batch.bytes;
    }
    const group = batches.slice(from, to);
    const starts = group.map((batch) => batch.start);
    const data: BatchRange = {
      file: file.location,
      fileBytes: file.bytes,
      batch: from,
      row: countRows ? row : null,
      starts,
      dictionaries,
    };
    const rows = group.reduce<number | undefined>((sum, batch) => add(sum, batch.rows), 0);
    const name = to - from === 1 ? `record batch ${from}` : `record batches ${from}-${to - 1}`;
    const origin = countRows ? { origin: { path: file.location.path, row } } : {};
    shards.push({ id: `${file.name} ${name}`, data, bytes, ...(rows === undefined ? {} : { rows }), ...origin });
    row += rows ?? 0;
    from = to;
  }
  return shards;
}

function add(sum: number | undefined, rows: number | undefined): number | undefined {
  return sum === undefined || rows === undefined ? undefined : sum + rows;
}

/** Read at once from a bucket for the small reads of heads, which often lie near each other. */
const aheadBytes = 256 << 10;

/** The bytes of a file as `formats/` reads them. */
export function rangesOf(file: OpenedFile): RangeSource {
  if (file instanceof LocalFile)
    return { bytes: file.bytes, read: (offset, length, into) => read(file, offset, length, into) };
  let ahead: Buffer = Buffer.alloc(0);
  let from = 0;
  return {
    bytes: file.bytes,
    async read(offset, length, into) {
      if (into !== undefined || length > aheadBytes) return read(file, offset, length, into);
      if (offset < from || offset + length > from + ahead.length) {
        ahead = await file.read(offset, Math.max(0, Math.min(aheadBytes, file.bytes - offset)));
        from = offset;
      }
      return ahead.subarray(offset - from, offset - from + length);
    },
  };
}

async function read(file: OpenedFile, offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
  const wanted = Math.max(0, Math.min(length, file.bytes - offset));
  if (into === undefined) return file.read(offset, wanted);
  return file.read(offset, wanted, Buffer.from(into.buffer, into.byteOffset, into.byteLength));
}
