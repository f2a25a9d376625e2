import { type ChunkSink, createFileSink, type RowWriter } from '../formats/index.js';
import type { WrittenFile } from './contract.js';
import type { ShardOutput } from './shard-output.js';

/** A shard's file of columns. */
export function openColumnsOutput(
  path: string,
  format: 'arrow' | 'parquet',
  openWriter: (sink: ChunkSink) => RowWriter,
): ShardOutput {
  const file = createFileSink(path);
  const writer = openWriter(file.write);
  return {
    add: ({ view, bytes, order }, from, to) => writer.appendRows(view, bytes, order, from, to),
    async finish(): Promise<WrittenFile> {
      const examples = writer.rows;
      writer.close();
      return { path, format, examples, ...(await file.close()) };
    },
    discard: () => file.discard(),
  };
}
