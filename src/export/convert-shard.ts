import {
  type AnyFeature,
  createRowEncoder,
  definitionOf,
  finishRow,
  inputValue,
  leavesOf,
  RowArena,
  rowWords,
} from '../features/index.js';
import {
  arrowSchemaOf,
  type ChunkSink,
  createArrowRowWriter,
  createExampleWriter,
  createFileSink,
  createTFRecordWriter,
  type FileDigest,
  parquetWriters,
  type RowWriter,
} from '../formats/index.js';
import type { Dataset } from '../reader/index.js';
import type { RecordFormat } from '../registry/index.js';

/** A shard in another format. */
export interface ConvertedShard extends FileDigest {
  readonly examples: number;
}

/** Examples that are converted at a time. */
const batchExamples = 256;

/** Takes rows of an arena, and ends the file. */
interface RowOutput {
  add(arena: RowArena, rows: Uint32Array, count: number): void;
  finish(): void;
}

/**
 * Writes the examples of one shard to a file of a format, in their order: each is encoded to the row that its build had, and the row as a build writes it.
 *
 * @param file absolute path; its folder exists
 * @throws DatasetsError DATA_CORRUPT, STORAGE_FULL, STORAGE_FAILED, INTERRUPTED; the file is gone then.
 */
export async function convertShard(
  shard: Dataset<unknown>,
  schema: AnyFeature,
  format: RecordFormat,
  file: string,
  onRows: (rows: number) => void,
): Promise<ConvertedShard> {
  const sink = createFileSink(file);
  try {
    const output = await rowOutput(format, schema, sink.write);
    const encoder = createRowEncoder(schema);
    const toInput = inputValue(definitionOf(schema));
    const arena = new RowArena(1 << 20);
    const rows = new Uint32Array(batchExamples);
    for await (const examples of shard.batches(batchExamples)) {
      arena.position = 0;
      for (const [index, example] of examples.entries()) {
        rows[index] = arena.position;
        encoder.encode(toInput(example) as never, arena);
        // Keys are not kept with a version, and no format holds them.
        finishRow(arena, rows[index], index, '');
      }
      output.add(arena, rows, examples.length);
      onRows(examples.length);
    }
    output.finish();
    return { ...(await sink.close()), examples: shard.length };
  } catch (error) {
    sink.discard();
    throw error;
  }
}

async function rowOutput(format: RecordFormat, schema: AnyFeature, sink: ChunkSink): Promise<RowOutput> {
  switch (format) {
    case 'tfrecord':
      return tfrecordOutput(schema, sink);
    case 'arrow':
      return columnsOutput(createArrowRowWriter(arrowSchemaOf(schema), sink));
    case 'parquet':
      return columnsOutput((await parquetWriters())(arrowSchemaOf(schema), sink));
  }
}

function tfrecordOutput(schema: AnyFeature, sink: ChunkSink): RowOutput {
  const writer = createTFRecordWriter(sink);
  const examples = createExampleWriter(leavesOf(schema));
  return {
    add: ({ view, bytes }, rows, count) => {
      for (let index = 0; index < count; index++) {
        const row = rows[index] as number;
        const start = writer.begin(view.getUint32(row + 4 * rowWords.exampleBytes, true));
        examples.write(view, bytes, row, writer.buffer, start);
        writer.commit();
      }
    },
    finish: () => writer.flush(),
  };
}

function columnsOutput(writer: RowWriter): RowOutput {
  return {
    add: ({ view, bytes }, rows, count) => writer.appendRows(view, bytes, rows, 0, count),
    finish: () => writer.close(),
  };
}
