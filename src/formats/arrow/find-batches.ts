import { isArrowFile, readFooter } from './file-footer.js';
import { ArrowStreamReader, type RangeSource } from './stream-reader.js';

/** A record batch of an Arrow IPC file or stream, not yet read. */
export interface FoundBatch {
  /** Byte offset of its message. */
  readonly start: number;
  /** Of the message with its body. */
  readonly bytes: number;
  /** Known where the message was looked at. */
  readonly rows: number | undefined;
  /** Byte offsets of the dictionary batches that hold its values, in the order in which they are applied. The same list as the batch before where nothing came between. */
  readonly dictionaries: readonly number[];
}

/**
 * The record batches of an Arrow IPC file, which its footer lists, or of a stream, whose messages' heads are read one after the other. No body is read.
 *
 * @param countRows reads the heads in a file too
 * @throws DatasetsError DATA_CORRUPT
 */
export async function findBatches(
  source: RangeSource,
  file: string,
  countRows: boolean,
): Promise<readonly FoundBatch[]> {
  return (await isArrowFile(source)) ? batchesOfFile(source, file, countRows) : batchesOfStream(source, file);
}

async function batchesOfFile(source: RangeSource, file: string, countRows: boolean): Promise<readonly FoundBatch[]> {
  const { recordBatches, dictionaries } = await readFooter(source, file);
  const batches: FoundBatch[] = [];
  for (const { start, bytes } of recordBatches) {
    const head = countRows ? await new ArrowStreamReader(source, file, start).next() : undefined;
    const rows = head?.message.kind === 'recordBatch' ? head.message.rows : undefined;
    batches.push({ start, bytes, rows, dictionaries });
  }
  return batches;
}

async function batchesOfStream(source: RangeSource, file: string): Promise<readonly FoundBatch[]> {
  const reader = new ArrowStreamReader(source, file);
  const batches: FoundBatch[] = [];
  const inForce = new Map<number, readonly number[]>();
  let dictionaries: readonly number[] = [];
  for (let located = await reader.next(); located !== undefined; located = await reader.next()) {
    const { message, start, end } = located;
    if (message.kind === 'recordBatch') batches.push({ start, bytes: end - start, rows: message.rows, dictionaries });
    if (message.kind !== 'dictionaryBatch') continue;
    // A dictionary that comes again replaces the one before; a delta appends to it.
    inForce.set(message.id, message.isDelta ? [...(inForce.get(message.id) ?? []), start] : [start]);
    dictionaries = [...inForce.values()].flat();
  }
  return batches;
}
