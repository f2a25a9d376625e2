import { type AnyFeature, arrowShapeOf, leavesOf, toHuggingFaceFeatures } from '../features/index.js';
import type { ArrowSchema } from '../formats/index.js';

/** What an Arrow file of a schema looks like, with the metadata by which Hugging Face's `datasets` knows its features. */
export function arrowSchemaOf(schema: AnyFeature): ArrowSchema {
  const huggingface = JSON.stringify({ info: { features: toHuggingFaceFeatures(schema) } });
  return { root: arrowShapeOf(schema), leaves: leavesOf(schema), metadata: { huggingface } };
}
