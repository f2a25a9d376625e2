import { createHash } from 'node:crypto';
import type { Json } from '../core/json/index.js';
import type { ShardFormat } from './layout.js';
import type { Manifest } from './manifest.js';

/** A shard's file as its writer reports it. */
export interface PublishedFile {
  /** Absolute, inside the staged directory. */
  readonly path: string;
  readonly format: ShardFormat;
  readonly bytes: number;
  readonly crc32c: string;
  readonly sha256: string;
  readonly examples: number;
}

export interface PublishedShard {
  readonly shard: number;
  readonly examples: number;
  readonly exampleBytes: number;
  readonly files: readonly PublishedFile[];
}

/** A split as an engine reports it. */
export interface PublishedSplit {
  readonly name: string;
  readonly examples: number;
  readonly exampleBytes: number;
  readonly contentDigest: string;
  /** In the order of their numbers. */
  readonly shards: readonly PublishedShard[];
}

/** What is known of a version when all its shards are written: everything that `writeMetadata` turns into files. */
export interface VersionMetadata {
  readonly info: Manifest['info'];
  /** tfds' features.json. */
  readonly featuresJson: Json;
  /** Label names and other files that tfds' features keep beside it: content by file name. */
  readonly namesFiles: Readonly<Record<string, string>>;
  /** Hugging Face's `Features.to_dict()`; where it is left out, `datasets` takes them from the Arrow schema. */
  readonly huggingFaceFeatures?: Json;
  /** Our own schema, with documentation. */
  readonly schema: Json;
  readonly releaseNotes: Readonly<Record<string, string>>;
  readonly splits: readonly PublishedSplit[];
  readonly fingerprintParts: Readonly<Record<string, string>>;
  /** Texts of those parts that have one, by the part's name: kept in `provenance.json`. */
  readonly fingerprintTexts?: Readonly<Record<string, string>>;
  readonly sources: Manifest['sources'];
  readonly rebuildable?: Manifest['rebuildable'];
  readonly lineage?: Manifest['lineage'];
  readonly external?: Manifest['external'];
  readonly accepted?: Manifest['accepted'];
  readonly engine: Manifest['engine'];
  readonly sdkVersion: string;
  readonly git?: Manifest['git'];
  /** ISO 8601. */
  readonly snapshotTime?: string;
  /** Of data that grows: the period that it is of. */
  readonly snapshot?: Manifest['snapshot'];
  readonly counters: Readonly<Record<string, number>>;
  readonly imageEncoders?: Readonly<Record<string, string>>;
  readonly createdAt: Date;
}

/** sha256 over the splits' names and digests, sorted by name: two versions with the same digest hold the same data. */
export function contentDigestOf(splits: readonly Pick<PublishedSplit, 'name' | 'contentDigest'>[]): string {
  const lines = splits.map((split) => `${split.name} ${split.contentDigest}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** sha256 over the named parts, sorted by name. */
export function fingerprintOf(parts: Readonly<Record<string, string>>): string {
  const lines = Object.entries(parts).map(([name, part]) => `${JSON.stringify([name, part])}\n`);
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}
