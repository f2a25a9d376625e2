import { DatasetsError } from '../core/errors/index.js';
import {
  type AnyFeature,
  createDecoder,
  createRowEncoder,
  definitionOf,
  inputValue,
  RowArena,
  rowWords,
} from '../features/index.js';
import {
  arrowSchemaOf,
  createColumnBuilder,
  createFileSink,
  type FileDigest,
  openColumns,
  RecordIndexWriter,
} from '../formats/index.js';
import type { RecordFormat } from '../registry/index.js';
import { type OpenedObject, openLocalFile } from '../storage/index.js';
import { readRecords } from './read-records.js';
import type { SplitRecords } from './split-records.js';

export interface ShardToIndex {
  readonly format: RecordFormat;
  readonly schema: AnyFeature;
  /** Absolute. */
  readonly file: string;
  /** What it is called in errors: where it came from. */
  readonly name: string;
  readonly examples: number;
  readonly shard: number;
  readonly shardCount: number;
  /** Absolute; its folder exists. */
  readonly indexFile: string;
  readonly signal: AbortSignal | undefined;
}

export interface IndexedShard {
  readonly exampleBytes: number;
  readonly index: FileDigest;
}

const batchRows = 1024;
const batchBytes = 8 << 20;

/**
 * Reads a shard by its features from beginning to end, and writes its index.
 *
 * @throws DatasetsError DATA_CORRUPT for a file that is not whole, not of these features, or of another length; EXAMPLE_INVALID for a value that the features refuse.
 */
export async function indexShard(task: ShardToIndex, records: SplitRecords): Promise<IndexedShard> {
  const { indexFile, shard, shardCount, examples, file, name } = task;
  const sink = createFileSink(indexFile);
  try {
    const index = new RecordIndexWriter(sink.write, { records: examples, shard, shardCount });
    const source = await openLocalFile(file);
    try {
      if (task.format === 'tfrecord') await indexRecords(source, task, records, index);
      else await indexColumns(source, task, task.format, records, index);
    } finally {
      await source.close();
    }
    if (index.records !== examples) throw miscounted(name, index.records, examples);
    index.finish();
    return { exampleBytes: index.exampleBytes, index: await sink.close() };
  } catch (error) {
    sink.discard();
    throw error;
  }
}

async function indexRecords(
  source: OpenedObject,
  { schema, name, examples, signal }: ShardToIndex,
  records: SplitRecords,
  index: RecordIndexWriter,
): Promise<void> {
  const builder = createColumnBuilder(arrowSchemaOf(schema).leaves);
  const sizes: number[] = [];
  const flush = (): void => {
    const batch = builder.finish();
    for (let row = 0; row < batch.rows; row++) records.add(batch, row, sizes[row] as number, index);
    builder.reset();
    sizes.length = 0;
  };
  for await (const { bytes, start, end } of readRecords(source, name)) {
    if (index.records + sizes.length >= examples) throw miscounted(name, examples + 1, examples);
    append(() => builder.appendExample(bytes, start, end), name, index.records + sizes.length);
    sizes.push(end - start);
    if (sizes.length < batchRows && builder.bytes < batchBytes) continue;
    signal?.throwIfAborted();
    flush();
  }
  flush();
}

function append(step: () => void, name: string, record: number): void {
  try {
    step();
  } catch (cause) {
    if (!(cause instanceof DatasetsError)) throw cause;
    throw new DatasetsError('DATA_CORRUPT', `${name}, record ${record}: ${cause.message}`, { cause, at: cause.at });
  }
}

/** Each row is encoded once, for the size that its tf.Example has: what a conversion to TFRecord will write. */
async function indexColumns(
  source: OpenedObject,
  { schema, name, examples, signal }: ShardToIndex,
  format: 'arrow' | 'parquet',
  records: SplitRecords,
  index: RecordIndexWriter,
): Promise<void> {
  const decoder = createDecoder(schema);
  const toInput = inputValue(definitionOf(schema));
  const encoder = createRowEncoder(schema);
  const arena = new RowArena(1 << 16);
  for await (const batch of await openColumns(format, source, arrowSchemaOf(schema), name)) {
    signal?.throwIfAborted();
    if (index.records + batch.rows > examples) throw miscounted(name, index.records + batch.rows, examples);
    const rows = decoder.rows(batch);
    for (let row = 0; row < batch.rows; row++) {
      arena.position = 0;
      append(() => encoder.encode(toInput(rows.get(row)) as never, arena), name, index.records);
      records.add(batch, row, arena.view.getUint32(4 * rowWords.exampleBytes, true), index);
    }
  }
}

function miscounted(name: string, found: number, expected: number): DatasetsError {
  const many = found > expected ? `more than ${expected}` : `${found} of ${expected}`;
  return new DatasetsError('DATA_CORRUPT', `${name} holds ${many} records`, {
    hint: 'What lies beside it says another number.',
    at: { file: name },
  });
}
