import { DatasetsError } from '../../core/errors/index.js';
import type { Leaf } from '../../features/index.js';
import { type ColumnBuilder, createColumnBuilder, frameHeaderBytes, TFRecordReader } from '../../formats/index.js';
import type { OpenedShard } from '../shards/shard-files.js';
import type { ContentCheck } from './content-check.js';
import type { IndexCursor } from './index-cursor.js';
import type { VerifyProgress } from './verify-progress.js';

const chunkBytes = 1 << 20;
const batchRows = 1024;
const batchBytes = 8 << 20;

/** What a TFRecord shard is compared with. */
export interface TFRecordExpectation {
  readonly leaves: readonly Leaf[];
  readonly examples: number;
  /** Undefined for data that tfds prepared. */
  readonly cursor: IndexCursor | undefined;
  /** Undefined where TFRecord doesn't hold the values exactly (float64 is rounded to float32), or Arrow was compared already. */
  readonly content: ContentCheck | undefined;
}

/**
 * Reads a whole shard: framing and checksums, every record by the features, the number of records, and the place and size of each by
 * the index.
 *
 * @throws DatasetsError DATA_CORRUPT for the first fault, with its byte offset.
 */
export async function verifyTFRecordShard(
  { source, file }: OpenedShard,
  expected: TFRecordExpectation,
  progress: VerifyProgress,
): Promise<void> {
  const { cursor, content, examples } = expected;
  const reader = new TFRecordReader({ file });
  const builder = createColumnBuilder(expected.leaves);
  const buffer = new Uint8Array(chunkBytes);
  let record = 0;
  const flush = async (): Promise<void> => {
    const batch = builder.finish();
    if (cursor !== undefined) await content?.take(batch, record - batch.rows, cursor);
    builder.reset();
  };
  for (let offset = 0; offset < source.bytes; ) {
    const chunk = await source.read(offset, chunkBytes, buffer);
    offset += chunk.length;
    progress.advance(chunk.length);
    for (const block of reader.push(chunk)) {
      for (let i = 0; i < block.count; i++) {
        const start = block.starts[i] as number;
        const end = block.ends[i] as number;
        const frame = block.fileOffset + start - frameHeaderBytes;
        if (record >= examples) throw corrupt(file, `holds more than its ${examples} records`, frame);
        if (cursor !== undefined) {
          if (!cursor.has(record)) await cursor.load(record);
          checkPlace(cursor, record, frame, end - start, file);
        }
        appendExample(builder, block.bytes, start, end, file, frame);
        record += 1;
        if (builder.rows >= batchRows || builder.bytes >= batchBytes) await flush();
      }
    }
  }
  reader.finish();
  await flush();
  if (record < examples) throw corrupt(file, `holds ${record} of its ${examples} records`, source.bytes);
}

function checkPlace(cursor: IndexCursor, record: number, frame: number, bytes: number, file: string): void {
  const block = cursor.block(record);
  const place = record - block.firstRecord;
  const isFirst = place === 0;
  if (block.exampleBytes(place) === bytes && (!isFirst || block.place(0).offset === frame)) return;
  throw corrupt(file, `: record ${record} has another place or size than its index says`, frame);
}

function appendExample(
  builder: ColumnBuilder,
  bytes: Uint8Array,
  start: number,
  end: number,
  file: string,
  frame: number,
): void {
  try {
    builder.appendExample(bytes, start, end);
  } catch (cause) {
    if (!(cause instanceof DatasetsError)) throw cause;
    throw corrupt(file, `, record at byte ${frame}: ${cause.message}`, frame, cause);
  }
}

function corrupt(file: string, what: string, offset: number, cause?: unknown): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `${file}${/^\w/.test(what) ? ' ' : ''}${what}`, {
    hint: 'The file is not the one that was published. Restore it, or build the version again.',
    cause,
    at: { file, offset },
  });
}
