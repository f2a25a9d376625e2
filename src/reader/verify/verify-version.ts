import { readVersionInfo, versionFiles } from '../../registry/index.js';
import { arrowSchemaOf } from '../arrow-schema.js';
import { ShardFiles } from '../shards/shard-files.js';
import { localVersionFiles } from '../version-files.js';
import { readSchema } from '../version-schema.js';
import { Problems, type VerifyProblem } from './problems.js';
import { verifyFiles } from './verify-files.js';
import { verifyTfdsMetadata } from './verify-metadata.js';
import { VerifyProgress } from './verify-progress.js';
import { SplitCheck } from './verify-split.js';

export interface VerifyOptions {
  /** Called with the bytes read so far. Every file is read twice: as bytes and by its format. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface VerifyReport {
  /** Absolute. */
  readonly directory: string;
  readonly name: string;
  readonly config: string | undefined;
  readonly version: string;
  readonly examples: number;
  /** Whether there is a manifest to compare with; data that tfds prepared has none, so that only its framing and features are checked. */
  readonly hasManifest: boolean;
  /** Empty for a version that is as it was published. */
  readonly problems: readonly VerifyProblem[];
}

/**
 * Compares a version with what it was published as: every file's size and digests, every record's checksum, place and features, the order
 * of the keys, the content of each record in both formats, and the metadata that other readers use.
 *
 * @param directory of the version.
 * @throws DatasetsError VERSION_UNKNOWN when it holds no version; FORMAT_TOO_NEW; MANIFEST_INVALID when the manifest itself can't be
 * read; INTERRUPTED.
 * @example
 * ```ts
 * const { problems } = await verifyVersion('/data/registry/mnist/1.0.0');
 * for (const { file, offset, message } of problems) console.error(file, offset, message);
 * ```
 */
export async function verifyVersion(directory: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const files = localVersionFiles(directory);
  const storage = files.metadata;
  const info = await readVersionInfo(storage);
  const problems = new Problems();
  const progress = new VerifyProgress(options.onProgress, options.signal);
  if (info.manifest !== undefined) await verifyFiles(storage, info.manifest, problems, progress);
  await problems.check(info.manifest === undefined ? versionFiles.features : versionFiles.manifest, async () => {
    const schema = await readSchema(storage, info);
    if (info.manifest !== undefined) await verifyTfdsMetadata(storage, info.manifest, schema, problems);
    const check = new SplitCheck(new ShardFiles(files, info), arrowSchemaOf(schema), problems, progress);
    for (const split of info.splits) await check.verify(split);
  });
  return {
    directory: storage.location,
    name: info.name,
    config: info.config,
    version: info.version,
    examples: info.splits.reduce((sum, split) => sum + split.examples, 0),
    hasManifest: info.manifest !== undefined,
    problems: problems.list,
  };
}
