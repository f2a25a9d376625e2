import type { AnyFeature } from '../features/index.js';
import { arrowSchemaOf, createArrowRowWriter, createFileSink } from '../formats/index.js';
import type { WrittenFile } from './contract.js';
import type { ShardOutput } from './shard-output.js';

/** The Arrow IPC stream of a shard, with the features of Hugging Face datasets in its metadata. */
export function openArrowOutput(path: string, schema: AnyFeature): ShardOutput {
  const file = createFileSink(path);
  const writer = createArrowRowWriter(arrowSchemaOf(schema), file.write);
  return {
    add: ({ view, bytes, order }, from, to) => writer.appendRows(view, bytes, order, from, to),
    finish(): WrittenFile {
      const examples = writer.rows;
      writer.close();
      return { path, format: 'arrow', examples, ...file.close() };
    },
    discard: () => file.discard(),
  };
}
