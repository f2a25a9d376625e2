import { readVersionInfo, type VersionInfo } from '../registry/index.js';
import { LocalStorage, type Storage } from '../storage/index.js';

/**
 * Where the files of one version lie. Readers read local files alone: those of a remote version are fetched when they are asked for.
 *
 * All paths are relative to the version's directory, with `/`.
 */
export interface VersionFiles {
  /** For messages: the version's absolute directory, or its URL. */
  readonly location: string;
  /** The version's directory, for its small files: manifest.json, dataset_info.json, features.json and label files are local already. */
  readonly metadata: Storage;
  /** What the version says of itself, where that need not be read from its metadata anew; see `versionInfo`. */
  info?(): Promise<VersionInfo>;
  /** How many of the files that will be read next are worth a `prefetch`; 0 where all are local. */
  readonly readAhead: number;
  /**
   * The absolute local path of a file, which is fetched and verified first where the version is remote. It stays there until `release`.
   *
   * @throws DatasetsError STORAGE_FAILED, STORAGE_FULL; DATA_CORRUPT when what was fetched is not what was published.
   */
  file(path: string): Promise<string>;
  /** Starts to fetch files that will be asked for soon. What fails shows when they are. */
  prefetch(paths: readonly string[]): void;
  /** Says that a file which was asked for is no longer used. Once for each `file`. */
  release(path: string): void;
  /** Drops the local copy of a file that turned out to be damaged. Returns whether the next `file` fetches it again. */
  drop(path: string): Promise<boolean>;
}

/** The files of a version in a local directory: there is nothing to fetch. */
export function localVersionFiles(directory: string): VersionFiles {
  const storage = new LocalStorage(directory, { confined: true });
  return {
    location: storage.location,
    metadata: storage,
    readAhead: 0,
    file: (path) => storage.readable(path),
    prefetch: () => undefined,
    release: () => undefined,
    drop: async () => false,
  };
}

/**
 * What a version says of itself.
 *
 * @throws DatasetsError VERSION_UNKNOWN when there is none; MANIFEST_INVALID, FORMAT_TOO_NEW, UNSUPPORTED.
 */
export async function versionInfo(files: VersionFiles): Promise<VersionInfo> {
  return files.info?.() ?? readVersionInfo(files.metadata);
}
