import { type AnyFeature, arrowShapeOf, leavesOf, toHuggingFaceFeatures } from '../../features/index.js';
import type { ArrowSchema } from './arrow-writer.js';

/** What the columns of a schema look like in Arrow and Parquet, with the metadata by which Hugging Face's `datasets` knows its features. */
export function arrowSchemaOf(schema: AnyFeature): ArrowSchema {
  const huggingface = JSON.stringify({ info: { features: toHuggingFaceFeatures(schema) } });
  return { root: arrowShapeOf(schema), leaves: leavesOf(schema), metadata: { huggingface } };
}
