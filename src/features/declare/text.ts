import type { Feature, FeatureDocumentation } from '../feature.js';
import { define } from './define.js';
import { documentationOf } from './documentation.js';

export interface TextFeature extends Feature<string | Uint8Array, string> {
  readonly kind: 'text';
}

/**
 * Unicode text; tfds' `Text`. UTF-8 bytes may be given in place of a string.
 *
 * A lone surrogate, or bytes that are not UTF-8, are refused: no other reader would get back what was written.
 *
 * @example
 * ```ts
 * const schema = features({ review: text({ description: 'as the customer wrote it', pii: 'free_text' }) });
 * ```
 */
export function text(options?: FeatureDocumentation): TextFeature {
  return define<TextFeature>({ kind: 'text', documentation: documentationOf(options, 'text') });
}
