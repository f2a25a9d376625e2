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

/** A version in a remote registry: Python fetches it first. */
export interface RemoteOrigin {
  /** `gs://bucket/path`. */
  readonly registry: string;
  /** What was asked for, which the Python resolves anew: `product_a:1.*.*`. */
  readonly reference: string;
}

/** What snippets need to know of a version. */
export interface SnippetVersion {
  readonly name: string;
  readonly config: string | undefined;
  readonly version: string;
  /** Absolute; or where the version is fetched from. */
  readonly directory: string | RemoteOrigin;
  readonly formats: readonly RecordFormat[];
  readonly splits: readonly SnippetSplit[];
  readonly leaves: readonly Leaf[];
  readonly media: readonly SnippetMedia[];
}
