import type { Json } from '../core/json/index.js';
import type { AnyFeature } from '../features/index.js';
import type { Manifest, RecordFormat } from '../registry/index.js';
import type { ExternalWriter } from './adopt-options.js';

/** What a directory holds, and how it becomes a version. */
export interface AdoptionPlan {
  readonly writer: ExternalWriter;
  readonly format: RecordFormat;
  readonly schema: AnyFeature;
  /** Of Arrow files that Hugging Face datasets wrote. */
  readonly huggingFaceFeatures: Json | undefined;
  readonly about: Partial<Omit<Manifest['info'], 'tags'>>;
  readonly releaseNotes: Readonly<Record<string, string>>;
  readonly splits: readonly PlannedSplit[];
  readonly leftOut: readonly string[];
}

export interface PlannedSplit {
  readonly name: string;
  readonly shards: readonly PlannedShard[];
}

export interface PlannedShard extends RecordFile {
  readonly examples: number;
}

/** A file with records, in the directory. */
export interface RecordFile {
  /** Relative to the directory, with `/`. */
  readonly path: string;
  /** Of the file. */
  readonly bytes: number;
  /** The bytes that are taken: an Arrow file holds an Arrow stream. */
  readonly from: number;
  readonly to: number;
}
