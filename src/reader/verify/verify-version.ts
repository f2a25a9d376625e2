import { DatasetsError } from '../../core/errors/index.js';
import { formatReference } from '../../core/names/index.js';
import { readVersionInfo, type VersionInfo, versionFiles } from '../../registry/index.js';
import type { Storage } from '../../storage/index.js';
import { arrowSchemaOf } from '../arrow-schema.js';
import { ShardFiles } from '../shards/shard-files.js';
import { localVersionFiles, type VersionFiles } from '../version-files.js';
import { readSchema } from '../version-schema.js';
import { Problems, type VerifyProblem } from './problems.js';
import { verifyFiles } from './verify-files.js';
import { verifyTfdsMetadata } from './verify-metadata.js';
import { VerifyProgress } from './verify-progress.js';
import { SplitCheck } from './verify-split.js';

/** Which version a directory should hold: what its path in a registry says. */
export interface VersionName {
  readonly name: string;
  readonly config: string | undefined;
  readonly version: string;
}

export interface VerifyOptions {
  /** Compared with what the manifest says; with it, a manifest that can't be read is a problem in the report and no error. */
  readonly expected?: VersionName | undefined;
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
 * read and `expected` isn't given; INTERRUPTED.
 * @example
 * ```ts
 * const { problems } = await verifyVersion('/data/registry/mnist/1.0.0');
 * for (const { file, offset, message } of problems) console.error(file, offset, message);
 * ```
 */
export async function verifyVersion(directory: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const files = localVersionFiles(directory);
  const storage = files.metadata;
  const { expected } = options;
  const problems = new Problems();
  const info = await readInfo(storage, expected, problems);
  if (info !== undefined) {
    if (expected !== undefined) compareNames(info, expected, problems);
    await verifyContent(files, info, problems, new VerifyProgress(options.onProgress, options.signal));
  }
  return {
    directory: storage.location,
    name: expected?.name ?? info?.name ?? '',
    config: expected === undefined ? info?.config : expected.config,
    version: expected?.version ?? info?.version ?? '',
    examples: info?.splits.reduce((sum, split) => sum + split.examples, 0) ?? 0,
    hasManifest: info === undefined || info.manifest !== undefined,
    problems: problems.list,
  };
}

/** Undefined, with the problem in the list, where the metadata is damaged and the caller knows which version it is of. */
async function readInfo(
  storage: Storage,
  expected: VersionName | undefined,
  problems: Problems,
): Promise<VersionInfo | undefined> {
  try {
    return await readVersionInfo(storage);
  } catch (error) {
    if (expected === undefined || !(error instanceof DatasetsError) || error.code !== 'MANIFEST_INVALID') throw error;
    const { manifest, datasetInfo } = versionFiles;
    const file = (await storage.stat(manifest)) === undefined ? datasetInfo : manifest;
    problems.addError(file, error);
    return undefined;
  }
}

function compareNames(info: VersionInfo, expected: VersionName, problems: Problems): void {
  const told = formatReference(info);
  const file = info.manifest === undefined ? versionFiles.datasetInfo : versionFiles.manifest;
  if (told !== formatReference(expected)) problems.add(file, `${file} is of ${told}, another version`);
}

async function verifyContent(
  files: VersionFiles,
  info: VersionInfo,
  problems: Problems,
  progress: VerifyProgress,
): Promise<void> {
  const storage = files.metadata;
  if (info.manifest !== undefined) await verifyFiles(storage, info.manifest, problems, progress);
  await problems.check(info.manifest === undefined ? versionFiles.features : versionFiles.manifest, async () => {
    const schema = await readSchema(storage, info);
    if (info.manifest !== undefined) await verifyTfdsMetadata(storage, info.manifest, schema, problems);
    const check = new SplitCheck(new ShardFiles(files, info), arrowSchemaOf(schema), problems, progress);
    for (const split of info.splits) await check.verify(split);
  });
}
