import { DatasetsError } from '../../core/errors/index.js';
import { isGcsUrl } from '../../core/location/index.js';
import { formatReference } from '../../core/names/index.js';
import { arrowSchemaOf } from '../../formats/index.js';
import {
  extractFilesOf,
  readVersionInfo,
  type VersionInfo,
  type VersionName,
  versionFiles,
} from '../../registry/index.js';
import { isLocalStorage, type LocalStorage, openStorage, type Storage } from '../../storage/index.js';
import { ShardFiles } from '../shards/shard-files.js';
import { localVersionFiles, type VersionFiles } from '../version-files.js';
import { readSchema } from '../version-schema.js';
import { FetchedFiles } from './fetched-files.js';
import { Problems, type VerifyProblem } from './problems.js';
import { FileCheck, verifyExtracts } from './verify-files.js';
import { verifyTfdsMetadata } from './verify-metadata.js';
import { VerifyProgress } from './verify-progress.js';
import { SplitCheck } from './verify-split.js';

export interface VerifyOptions {
  /** What the version's path in a registry says it is. Compared with what the manifest says; with it, a manifest that can't be read is a problem in the report and no error. */
  readonly expected?: VersionName | undefined;
  /** The data set's folder in its registry: what the version's queries gave is compared there as well. Default: it is not looked at. */
  readonly extracts?: Storage | undefined;
  /** Called before the files are read, with the bytes that will be, where the manifest says them. */
  readonly onStart?: (bytes: number | undefined) => void;
  /** Called with the bytes read so far. Every file is read twice: as bytes and by its format. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Absolute; where the files of a remote version are fetched to, one shard at a time. Default: the system's folder for temporary files. */
  readonly workDirectory?: string | undefined;
}

export interface VerifyReport {
  /** The version's absolute directory, or its URL. */
  readonly location: string;
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
 * Of a remote version one shard after the other is fetched and removed again; no cached copy is looked at.
 *
 * @param location the version's directory, or its `gs://` URL.
 * @throws DatasetsError VERSION_UNKNOWN when it holds no version; FORMAT_TOO_NEW; MANIFEST_INVALID when the manifest itself can't be
 * read and `expected` isn't given; INTERRUPTED.
 * @example
 * ```ts
 * const { problems } = await verifyVersion('/data/registry/mnist/1.0.0');
 * for (const { file, offset, message } of problems) console.error(file, offset, message);
 * ```
 */
export async function verifyVersion(location: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const storage = isGcsUrl(location) ? openStorage(location) : localVersionFiles(location).metadata;
  const { expected } = options;
  const problems = new Problems();
  const info = await readInfo(storage, expected, problems);
  if (info !== undefined) {
    if (expected !== undefined) compareNames(info, expected, problems);
    // Every file is read twice: as bytes, and by its format.
    const { manifest } = info;
    const { extracts } = options;
    const extractFiles = manifest === undefined || extracts === undefined ? [] : extractFilesOf(manifest);
    const extractBytes = extractFiles.reduce((sum, file) => sum + file.bytes, 0);
    options.onStart?.(manifest?.files.reduce((sum, file) => sum + 2 * file.bytes, extractBytes));
    const check = { info, problems, progress: new VerifyProgress(options.onProgress, options.signal) };
    await (isLocalStorage(storage) ? verifyLocal(storage, check) : verifyRemote(storage, check, options.workDirectory));
    if (manifest !== undefined && extracts !== undefined) {
      await verifyExtracts(extracts, manifest, problems, check.progress);
    }
  }
  return {
    location: storage.location,
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

interface VersionCheck {
  readonly info: VersionInfo;
  readonly problems: Problems;
  readonly progress: VerifyProgress;
}

async function verifyLocal(storage: LocalStorage, check: VersionCheck): Promise<void> {
  const { info, problems, progress } = check;
  if (info.manifest !== undefined) await new FileCheck(info.manifest, problems, progress).verifyRest(storage);
  await verifyContent(localVersionFiles(storage.location), check);
}

/** A file is fetched whole where its content is read, and compared with the manifest then. */
async function verifyRemote(storage: Storage, check: VersionCheck, folder: string | undefined): Promise<void> {
  const { info, problems, progress } = check;
  const files = info.manifest === undefined ? undefined : new FileCheck(info.manifest, problems, progress);
  const fetched = await FetchedFiles.open(storage, folder, async (path, local) => files?.verify(path, local));
  try {
    problems.showAs(fetched.folder, fetched.location);
    await verifyContent(fetched, check);
    await files?.verifyRest(storage);
  } finally {
    await fetched.close();
  }
}

async function verifyContent(files: VersionFiles, { info, problems, progress }: VersionCheck): Promise<void> {
  await problems.check(info.manifest === undefined ? versionFiles.features : versionFiles.manifest, async () => {
    const schema = await readSchema(files.metadata, info);
    if (info.manifest !== undefined) await verifyTfdsMetadata(files.metadata, info.manifest, schema, problems);
    const check = new SplitCheck(new ShardFiles(files, info), arrowSchemaOf(schema), problems, progress);
    for (const split of info.splits) await check.verify(split);
  });
}
