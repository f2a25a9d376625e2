import { TFRecordReader } from '../formats/index.js';
import type { OpenedObject } from '../storage/index.js';

const chunkBytes = 1 << 20;

/** A record where it lies in a chunk: valid until the next one is asked for. */
export interface RecordBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * The records of a TFRecord file, with their checksums verified.
 *
 * @throws DatasetsError DATA_CORRUPT with file and byte offset.
 */
export async function* readRecords(source: OpenedObject, file: string): AsyncGenerator<RecordBytes, void, undefined> {
  const reader = new TFRecordReader({ file });
  const buffer = new Uint8Array(chunkBytes);
  for (let offset = 0; offset < source.bytes; ) {
    const chunk = await source.read(offset, chunkBytes, buffer);
    offset += chunk.length;
    for (const { bytes, count, starts, ends } of reader.push(chunk)) {
      for (let i = 0; i < count; i++) yield { bytes, start: starts[i] as number, end: ends[i] as number };
    }
  }
  reader.finish();
}
