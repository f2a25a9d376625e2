import type { Json } from '../../core/json/index.js';

/**
 * How it was decided which examples differ:
 * `digests`, all by the content digests, without reading anything; `index`, by the digests of examples in the key index; `values`, by the features that both versions have, read from the records, since the schemas
 * differ; `counts`, by numbers of examples alone, since a version has no keys.
 */
export type Comparison = 'digests' | 'index' | 'values' | 'counts';

/** What is different between two versions. Plain data: private values in it are beginnings of hashes. */
export interface VersionDiff {
  readonly before: DiffedVersion;
  readonly after: DiffedVersion;
  readonly comparedBy: Comparison;
  readonly features: FeatureDiff;
  /** In the order of the later version, then those that are gone. */
  readonly splits: readonly SplitDiff[];
  /** What else is said of the versions and differs: `description`, `license`, `formats`, `shards`, ... */
  readonly metadata: readonly string[];
  /** What could not be compared, and what else a reader has to know. */
  readonly notes: readonly string[];
}

export interface DiffedVersion {
  readonly name: string;
  readonly config: string | undefined;
  readonly version: string;
  readonly examples: number;
  /** Undefined for data that tfds prepared. */
  readonly contentDigest: string | undefined;
}

/** Features by their paths: `user/id`. A record that came or went as a whole is named alone. */
export interface FeatureDiff {
  readonly added: readonly FeatureState[];
  readonly removed: readonly FeatureState[];
  /** What is stored, or what it means, is another: type, shape, labels, supervised keys. */
  readonly changed: readonly ChangedFeature[];
  /** Only who may see it has changed: the mark of personal data. */
  readonly privacy: readonly ChangedFeature[];
  /** Paths of those of which only the documentation is another: description, unit, range, caveats. */
  readonly documentation: readonly string[];
}

export interface FeatureState {
  readonly path: string;
  /** As the manifest has it, without documentation. */
  readonly feature: Json;
}

export interface ChangedFeature {
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
}

export interface SplitDiff {
  readonly split: string;
  readonly status: 'added' | 'removed' | 'kept';
  /** Numbers of examples; undefined where there is no such split. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Of what both versions have of the features; `unknown` where nothing could tell. */
  readonly content: 'same' | 'different' | 'unknown';
  /** Of a split that both have, where both have keys. */
  readonly keys: KeyCounts | undefined;
  /** Some of each kind, in the order of the keys' hashes: as good as drawn by lot, and the same each time. */
  readonly examples: readonly ExampleDiff[];
}

export interface KeyCounts {
  readonly same: number;
  readonly added: number;
  readonly removed: number;
  /** The same key, with other values of the features that both versions have. */
  readonly changed: number;
}

export interface ExampleDiff {
  readonly change: 'added' | 'removed' | 'changed';
  /** The first twelve digits of the key's hash: keys themselves are not stored. */
  readonly key: string;
  /** Of a changed one: paths of the features whose values differ. */
  readonly fields: readonly string[];
  /** Plain values; private ones as beginnings of hashes, long ones as their own beginning with a digest. */
  readonly before?: unknown;
  readonly after?: unknown;
}
