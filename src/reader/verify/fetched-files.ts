import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import { LocalStorage, type Storage, storageError } from '../../storage/index.js';
import type { VersionFiles } from '../version-files.js';

/** Called with each file that was fetched; it lies in `fetched` under the same path. */
type OnFetched = (path: string, fetched: Storage) => Promise<void>;

/**
 * The files of a remote version, each fetched when a check asks for it and removed when that is done: what is checked are the bytes that lie there, not a
 * cached copy, and the disk holds one shard at a time. Whoever opened it closes it.
 */
export class FetchedFiles implements VersionFiles {
  readonly location: string;
  readonly metadata: Storage;
  readonly readAhead = 0;
  readonly #fetched: LocalStorage;
  readonly #onFetched: OnFetched;
  readonly #removing = new Map<string, Promise<void>>();

  private constructor(remote: Storage, fetched: LocalStorage, onFetched: OnFetched) {
    this.location = remote.location;
    this.metadata = remote;
    this.#fetched = fetched;
    this.#onFetched = onFetched;
  }

  /**
   * @param folder absolute; a directory of its own is made in it. Default: the system's for temporary files.
   */
  static async open(remote: Storage, folder: string | undefined, onFetched: OnFetched): Promise<FetchedFiles> {
    const parent = folder ?? tmpdir();
    try {
      await mkdir(parent, { recursive: true });
      return new FetchedFiles(remote, new LocalStorage(await mkdtemp(join(parent, 'ailab-verify-'))), onFetched);
    } catch (cause) {
      throw storageError(cause, 'make a directory in', parent);
    }
  }

  /** Where files lie while they are checked. */
  get folder(): string {
    return this.#fetched.location;
  }

  async file(path: string): Promise<string> {
    if ((await this.metadata.stat(path)) === undefined) throw missing(`${this.location}/${path}`);
    await this.#removing.get(path);
    const local = this.#fetched.absolute(path);
    await mkdir(dirname(local), { recursive: true });
    await this.metadata.download(path, local);
    await this.#onFetched(path, this.#fetched);
    return local;
  }

  prefetch(): void {
    // A check reads one shard after the other.
  }

  release(path: string): void {
    // What can't be removed now goes with the directory.
    const removing = this.#fetched.delete(path).catch(() => undefined);
    this.#removing.set(path, removing);
    void removing.then(() => this.#removing.delete(path));
  }

  async drop(): Promise<boolean> {
    return false;
  }

  async close(): Promise<void> {
    await Promise.all(this.#removing.values());
    await rm(this.folder, { recursive: true, force: true });
  }
}

function missing(file: string): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `${file} is missing`, {
    hint: 'Restore the file, or build the version again.',
    at: { file, offset: 0 },
  });
}
