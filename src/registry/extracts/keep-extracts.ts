import { basename, dirname } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import { isLocalStorage, LocalStorage, type Storage } from '../../storage/index.js';
import { type ExtractFormat, extractFile, versionPath } from '../layout.js';
import type { LeaseOptions } from '../lease/lease-options.js';
import { readManifest } from '../manifest.js';
import type { StagedVersion } from '../staging/staged-version.js';
import { stagingFiles } from '../staging/staging-files.js';
import { digestObject } from './digest-object.js';
import { claimExtracts } from './extract-claims.js';
import { extractPathsOf, type ManifestExtractFile } from './manifest-extracts.js';

/** A file that is to be kept. */
export interface NewExtract {
  /** Absolute. */
  readonly path: string;
  readonly format: ExtractFormat;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
}

export interface KeepOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of the data set's extracts; tests shorten them. */
  readonly lease?: Pick<LeaseOptions, 'timings' | 'clock' | 'process' | 'lifeOf'> | undefined;
}

/**
 * Keeps what queries gave beside the versions of a data set: each content once, under its sha256. To be called before the version's manifest, which names them, is
 * written; a build that dies in between leaves nothing that anybody reads, and the next one finds what is there.
 *
 * @returns what the manifest says of them, in their order
 * @throws DatasetsError DATA_CORRUPT when a file is not what it was; STORAGE_FULL, STORAGE_FAILED and the other faults of storages; INTERRUPTED
 */
export async function keepExtracts(
  staged: StagedVersion,
  files: readonly NewExtract[],
  options: KeepOptions = {},
): Promise<readonly ManifestExtractFile[]> {
  if (files.length === 0) return [];
  const { registry, name } = staged;
  const kept: ManifestExtractFile[] = [];
  for (const file of files) kept.push(await describe(file));
  const replaced = await replacedExtracts(staged);
  await claimExtracts(staged, [...kept.map(({ path }) => `${name}/${path}`), ...replaced], {
    ...options.lease,
    signal: options.signal,
  });
  for (const [i, file] of kept.entries()) {
    options.signal?.throwIfAborted();
    const target = `${name}/${file.path}`;
    if (await isWhole(registry.storage, target, file)) continue;
    await put(staged, files[i]?.path ?? '', target, file.crc32c);
  }
  return kept;
}

/** In a directory by way of the build's own folder, which goes with a build that dies: what it had not written to the end is nobody's otherwise. */
async function put(staged: StagedVersion, localFile: string, target: string, crc32c: string): Promise<void> {
  const { storage } = staged.registry;
  if (!isLocalStorage(storage)) return storage.upload(localFile, target, { crc32c });
  const whole = staged.path(stagingFiles.extract);
  await storage.upload(localFile, whole, { crc32c });
  await storage.moveFile(whole, target);
}

/** @throws DatasetsError DATA_CORRUPT */
async function describe({ path, format, bytes, sha256, rows }: NewExtract): Promise<ManifestExtractFile> {
  const found = await digestObject(new LocalStorage(dirname(path)), basename(path));
  if (found?.sha256 !== sha256) {
    throw new DatasetsError('DATA_CORRUPT', `${path} is not what the query gave any more`, {
      hint: 'Nothing was published. Build it again.',
      at: { file: path },
    });
  }
  return { path: extractFile(sha256, format), bytes, sha256, crc32c: found.crc32c, rows };
}

/** A bucket knows the checksum of what it holds; a local file is read. */
async function isWhole(
  storage: Storage,
  path: string,
  { bytes, sha256, crc32c }: ManifestExtractFile,
): Promise<boolean> {
  const found = await storage.stat(path);
  if (found?.bytes !== bytes) return false;
  if (found.crc32c !== undefined) return found.crc32c === crc32c;
  return (await digestObject(storage, path))?.sha256 === sha256;
}

/** Should an overwrite be taken back, the version that was there before needs its own. */
async function replacedExtracts(staged: StagedVersion): Promise<readonly string[]> {
  try {
    const manifest = await readManifest(staged.registry.storage, versionPath(staged));
    return manifest === undefined ? [] : extractPathsOf(manifest);
  } catch (error) {
    // A damaged version may be overwritten; it names nothing.
    if (error instanceof DatasetsError && error.code === 'MANIFEST_INVALID') return [];
    throw error;
  }
}
