import { type Leaf, rowWords } from '../features/index.js';
import {
  createExampleWriter,
  createFileSink,
  createTFRecordWriter,
  type ExampleWriter,
  type TFRecordWriter,
} from '../formats/index.js';
import type { WrittenFile } from './contract.js';
import type { ShardOutput } from './shard-output.js';
import type { SortedGroup } from './sorted-groups.js';

/** The TFRecord file of a shard: each row becomes the tf.Example of its frame, in place. */
export function openTFRecordOutput(path: string, leaves: readonly Leaf[]): ShardOutput {
  const file = createFileSink(path);
  const writer = createTFRecordWriter(file.write);
  const examples = createExampleWriter(leaves);
  return {
    add: (group, from, to) => addRecords(writer, examples, group, from, to),
    async finish(): Promise<WrittenFile> {
      writer.flush();
      return { path, format: 'tfrecord', examples: writer.records, ...(await file.close()) };
    },
    discard: () => file.discard(),
  };
}

function addRecords(
  writer: TFRecordWriter,
  examples: ExampleWriter,
  group: SortedGroup,
  from: number,
  to: number,
): void {
  const { view, bytes, words, order } = group;
  for (let i = from; i < to; i++) {
    const row = order[i] as number;
    const start = writer.begin((words[(row >>> 2) + rowWords.exampleBytes] as number) >>> 0);
    examples.write(view, bytes, row, writer.buffer, start);
    writer.commit();
  }
}
