import type { AnyFeature } from '../features/index.js';
import { arrowSchemaOf, createArrowRowWriter } from '../formats/index.js';
import { openColumnsOutput } from './columns-output.js';
import type { ShardOutput } from './shard-output.js';

/** The Arrow IPC stream of a shard, with the features of Hugging Face datasets in its metadata. */
export function openArrowOutput(path: string, schema: AnyFeature): ShardOutput {
  return openColumnsOutput(path, 'arrow', (sink) => createArrowRowWriter(arrowSchemaOf(schema), sink));
}
