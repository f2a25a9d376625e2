import { type AnyFeature, definitionOf, type Leaf, schemaToJson } from '../../features/index.js';
import {
  hasKeys,
  type KeyPage,
  keptPersonalData,
  localVersionFiles,
  openVersion,
  type ReadFormat,
  readKeyPages,
  type VersionFiles,
  type VersionReader,
} from '../../reader/index.js';
import type { SplitInfo, VersionInfo } from '../../registry/index.js';
import { sameLeaves, withDigestsOf, withoutDigests } from './common-leaves.js';
import type { SchemaState } from './diff-features.js';
import type { DiffedVersion } from './version-diff.js';

/** One of two versions that are compared, open. */
export class ComparedVersion {
  readonly files: VersionFiles;
  readonly reader: VersionReader<unknown>;
  readonly hasKeys: boolean;

  private constructor(files: VersionFiles, reader: VersionReader<unknown>) {
    this.files = files;
    this.reader = reader;
    this.hasKeys = hasKeys(reader.info);
  }

  static async open(version: string | VersionFiles): Promise<ComparedVersion> {
    const files = typeof version === 'string' ? localVersionFiles(version) : version;
    return new ComparedVersion(files, await openVersion(files));
  }

  get info(): VersionInfo {
    return this.reader.info;
  }

  get schema(): AnyFeature {
    return this.reader.schema;
  }

  get schemaState(): SchemaState {
    const { schema, supervisedKeys } = this.info;
    return { schema: schema ?? schemaToJson(this.schema), supervisedKeys };
  }

  get definition() {
    return definitionOf(this.schema);
  }

  get isHidden() {
    return keptPersonalData(this.info);
  }

  get summary(): DiffedVersion {
    const { name, config, version, splits, manifest } = this.info;
    const examples = splits.reduce((sum, split) => sum + split.examples, 0);
    return { name, config, version, examples, contentDigest: manifest?.contentDigest };
  }

  split(name: string): SplitInfo | undefined {
    return this.info.splits.find((split) => split.name === name);
  }

  contentDigest(split: string): string | undefined {
    return this.info.manifest?.splits.find(({ name }) => name === split)?.contentDigest;
  }

  /** The keys of a split with digests of some leaves; from the index alone where these are all. */
  keys(split: string, leaves: readonly Leaf[]): AsyncIterable<KeyPage> {
    const pages = readKeyPages(this.files, this.info, split);
    if (sameLeaves(this.reader.leaves, leaves)) return pages;
    return leaves.length === 0 ? withoutDigests(pages) : withDigestsOf(pages, this.#columns(split, leaves));
  }

  /** A format that holds these leaves exactly: tf.Example has no float64. */
  exactFormat(leaves: readonly Leaf[]): ReadFormat | undefined {
    const { formats } = this.info;
    const columnar = formats.find((format) => format === 'arrow') ?? formats.find((format) => format === 'parquet');
    const isExact = leaves.every(({ dtype }) => dtype !== 'float64');
    return columnar ?? (isExact ? formats[0] : undefined);
  }

  async *#columns(split: string, leaves: readonly Leaf[]) {
    const reader = await openVersion(this.files, { format: this.exactFormat(leaves) });
    yield* reader.dataset(split).columns({ fields: leaves.map(({ key }) => key) });
  }
}
