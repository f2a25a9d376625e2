import type { BuildProgress } from '../engines/index.js';
import type { Manifest } from '../registry/index.js';

/** What wrote a directory: `tfds`, `hugging-face`, or the kind of bare files in it. */
export type ExternalWriter = NonNullable<Manifest['external']>['writer'];

export interface AdoptOptions {
  /** The registry: an absolute directory, or `gs://bucket/path`. */
  readonly registry: string;
  /** Which files belong to which split: `{ train: ['day=*\/*.parquet'] }`, relative to the directory. Default: by folders and names. Only for bare files, and for a single Hugging Face `Dataset` its name. */
  readonly splits?: Readonly<Record<string, readonly string[]>> | undefined;
  /** What its card says, where the directory says nothing, or something else. */
  readonly about?: Partial<Pick<Manifest['info'], 'description' | 'homepage' | 'citation' | 'license' | 'owner'>>;
  /** Versions of other data sets in the same registry that it was made from: the manifest's lineage names them, so that `prune` keeps them. */
  readonly madeFrom?: readonly string[] | undefined;
  /** Says what would be published, and publishes nothing. */
  readonly dryRun?: boolean | undefined;
  /** Absolute; where versions for a remote registry are staged. */
  readonly workDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (event: BuildProgress) => void;
}

export interface AdoptReport {
  /** `exists`: the same files were taken in before, and nothing was done. */
  readonly status: 'published' | 'exists' | 'dry-run';
  readonly dataset: string;
  readonly config: string | undefined;
  readonly version: string;
  /** Absolute directory of the version, or its URL; where it would be. */
  readonly directory: string;
  readonly writer: ExternalWriter;
  readonly splits: readonly AdoptedSplit[];
  /** Undefined where nothing was published. */
  readonly contentDigest: string | undefined;
  /** Files of the directory that hold no records, or none of any split: they stay where they are. */
  readonly leftOut: readonly string[];
}

export interface AdoptedSplit {
  readonly name: string;
  readonly examples: number;
  readonly shards: number;
  readonly bytes: number;
}
