import type { ConfigName, DatasetName, Version } from '../../core/names/index.js';

/** What a source asks for: a version of a data set, as its author named it. */
export interface PublishedRequest {
  /** `product_b:1.*.*`, `product_b@prod`, ... */
  readonly reference: string;
  /** A name of the configuration, `gs://bucket/path` or a directory. Undefined: the registry of the build. */
  readonly registry: string | undefined;
  /** The split expression, for the manifest. */
  readonly split: string;
}

/** What a request meant when the submitter asked. Plain data, without a path of the machine: a recorded fact. */
export type PublishedVersion = {
  readonly name: DatasetName;
  readonly config?: ConfigName;
  readonly version: Version;
  /** sha256 of the version's data: what a worker opens must have it. */
  readonly contentDigest: string;
};

/** Where published versions are read from: a configuration has all of it. */
export interface PublishedRegistries {
  /** An absolute directory, or `gs://bucket/path`. */
  readonly registry: string;
  /** By name, each as `registry`. */
  readonly registries: Readonly<Record<string, string>>;
  readonly cacheDirectory: string;
  readonly cacheBytes: number;
}

/** What sources of published versions need to know of the build. */
export interface PublishedContext {
  /** Without it no published version can be read. */
  readonly published?: {
    readonly from: PublishedRegistries;
    /** What requests meant when the submitter asked, by `requestKey`. */
    readonly versions: Readonly<Record<string, PublishedVersion>>;
  };
}
