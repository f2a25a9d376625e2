import type { Leaf } from '../../features/index.js';
import type { RecordFormat } from '../../registry/index.js';

/** What a snippet can be written for. */
export const snippetTargets = ['tfds', 'tensorflow', 'hf', 'torch', 'numpy'] as const;
export type SnippetTarget = (typeof snippetTargets)[number];

export interface SnippetSplit {
  /** An identifier of Python, or not: see `pythonName`. */
  readonly name: string;
  /** Paths of its shards inside the version's directory, in order. */
  readonly tfrecordFiles: readonly string[];
  readonly arrowFiles: readonly string[];
  readonly parquetFiles: readonly string[];
}

/** An image, or an audio file: bytes that a reader decodes. */
export interface SnippetMedia {
  /** Key of its leaf. */
  readonly key: string;
  readonly kind: 'image' | 'audio';
  /** Height, width and channels of an image; null where they vary. */
  readonly shape: readonly (number | null)[];
  readonly dtype: 'uint8' | 'uint16' | 'float32';
}

/** What snippets need to know of a version. */
export interface SnippetVersion {
  readonly name: string;
  readonly config: string | undefined;
  readonly version: string;
  /** Absolute. */
  readonly directory: string;
  readonly formats: readonly RecordFormat[];
  readonly splits: readonly SnippetSplit[];
  readonly leaves: readonly Leaf[];
  readonly media: readonly SnippetMedia[];
}
