import { type AnyFeature, arrowShapeOf, leavesOf, toHuggingFaceFeatures } from '../features/index.js';
import { createArrowRowWriter, createFileSink } from '../formats/index.js';
import type { WrittenFile } from './contract.js';
import type { ShardOutput } from './shard-output.js';

/** The Arrow IPC stream of a shard, with the features of Hugging Face datasets in its metadata. */
export function openArrowOutput(path: string, schema: AnyFeature): ShardOutput {
  const huggingface = JSON.stringify({ info: { features: toHuggingFaceFeatures(schema) } });
  const shape = { root: arrowShapeOf(schema), leaves: leavesOf(schema), metadata: { huggingface } };
  const file = createFileSink(path);
  const writer = createArrowRowWriter(shape, file.write);
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
