import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatasetsError } from '../core/errors/index.js';
import { checkInside } from './inside.js';
import { openLocalFile } from './local-object.js';
import { LocalWriter } from './local-writer.js';
import { checkRelativePath } from './relative-path.js';
import { checkSmall } from './small-object.js';
import type {
  DirectoryEntry,
  Downloaded,
  ObjectWriter,
  OpenedObject,
  Storage,
  StoredObject,
  UploadOptions,
} from './storage.js';
import { storageError, systemErrorCode } from './storage-error.js';
import { streamFile } from './stream-file.js';
import { syncDirectory } from './sync.js';

/** Files that are being written; listings leave them out, and a crash may leave one behind. */
const temporaryPrefix = '.tmp-';

/**
 * A registry's storage in a local directory (or one that is mounted).
 *
 * @example
 * ```ts
 * const storage = new LocalStorage('/data/registry');
 * await storage.createIfAbsent('product_a/.aliases/prod/00000001.json', '{}'); // true: nobody was faster
 * ```
 */
export class LocalStorage implements Storage {
  readonly location: string;
  readonly #confined: boolean;
  readonly #durable: boolean;

  /**
   * @param directory need not exist: it is made with the first object.
   * @param options.confined whether links that lead out of the directory are refused where an object is read or written: in a version's directory,
   * which anybody may have made, but not above, where a data set may lie on another disk.
   * @param options.durable whether what is written is to survive a power failure: not where it means nothing without the process that wrote it. Default: true.
   */
  constructor(directory: string, options: { readonly confined?: boolean; readonly durable?: boolean } = {}) {
    this.location = resolve(directory);
    this.#confined = options.confined ?? false;
    this.#durable = options.durable ?? true;
  }

  /** The absolute path of an object, for what only a local file can do. `''` is the directory itself. */
  absolute(path: string): string {
    if (path === '') return this.location;
    checkRelativePath(path, this.location);
    return join(this.location, path);
  }

  /**
   * The absolute path of an object that is to be read.
   *
   * @throws DatasetsError DATA_CORRUPT where the storage is confined and the path leads out of it.
   */
  async readable(path: string): Promise<string> {
    const absolute = this.absolute(path);
    if (this.#confined) await checkInside(this.location, absolute);
    return absolute;
  }

  async list(directory: string): Promise<readonly DirectoryEntry[]> {
    const absolute = this.absolute(directory);
    try {
      const entries = await readdir(absolute, { withFileTypes: true });
      const visible = entries.filter((entry) => !entry.name.startsWith(temporaryPrefix));
      const listed = await Promise.all(
        visible.map(async (entry): Promise<DirectoryEntry | undefined> => {
          // A link counts as what it points to, so that a data set may live on another disk; where that is not wanted, links may form circles.
          const follows = entry.isSymbolicLink() && !this.#confined;
          const target = follows ? await existing(stat(join(absolute, entry.name))) : entry;
          if (target === undefined) return undefined;
          return { name: entry.name, kind: target.isDirectory() ? 'directory' : 'object' };
        }),
      );
      return listed.filter((entry) => entry !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (cause) {
      if (isAbsent(cause)) return [];
      throw storageError(cause, 'list', absolute);
    }
  }

  async *walk(directory: string): AsyncGenerator<StoredObject> {
    for (const entry of await this.list(directory)) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.kind === 'directory') {
        yield* this.walk(path);
      } else {
        const object = await this.stat(path);
        if (object !== undefined) yield object;
      }
    }
  }

  async stat(path: string): Promise<StoredObject | undefined> {
    const absolute = this.absolute(path);
    try {
      const found = await stat(absolute);
      return found.isFile() ? { path, bytes: found.size, modified: found.mtime } : undefined;
    } catch (cause) {
      if (isAbsent(cause)) return undefined;
      throw storageError(cause, 'look up', absolute);
    }
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const absolute = await this.readable(path);
    try {
      return await readSmallFile(absolute);
    } catch (cause) {
      if (isAbsent(cause)) return undefined;
      throw storageError(cause, 'read', absolute);
    }
  }

  async open(path: string): Promise<OpenedObject> {
    return openLocalFile(await this.readable(path));
  }

  async createIfAbsent(path: string, content: Uint8Array | string): Promise<boolean> {
    const absolute = this.absolute(path);
    if (await existing(lstat(absolute))) return false;
    const writer = await this.#writer(absolute);
    try {
      await writer.write(asBytes(content));
      return await writer.closeIfAbsent();
    } catch (cause) {
      await writer.abort();
      throw storageError(cause, 'create', absolute);
    }
  }

  /** @param options.sync false where the caller syncs the directory as a whole (`syncTree`). */
  async write(path: string, content: Uint8Array | string, options: { readonly sync?: boolean } = {}): Promise<void> {
    const writer = await this.#writer(this.absolute(path), options.sync);
    try {
      await writer.write(asBytes(content));
      await writer.close();
    } catch (cause) {
      await writer.abort();
      throw cause;
    }
  }

  async create(path: string): Promise<ObjectWriter> {
    return this.#writer(this.absolute(path));
  }

  async copy(from: string, to: string): Promise<void> {
    await this.#copy(from, to, rename);
  }

  async copyIfAbsent(from: string, to: string): Promise<boolean> {
    if (await existing(lstat(this.absolute(to)))) return false;
    try {
      await this.#copy(from, to, link);
      return true;
    } catch (error) {
      if (error instanceof Error && systemErrorCode(error.cause) === 'EEXIST') return false;
      throw error;
    }
  }

  async upload(localFile: string, path: string, { crc32c }: UploadOptions = {}): Promise<void> {
    const absolute = this.absolute(path);
    const writer = await this.#writer(absolute);
    try {
      const streamed = await streamFile(localFile, writer);
      if (crc32c !== undefined && crc32c !== streamed.crc32c) {
        throw new DatasetsError('DATA_CORRUPT', `${localFile} has crc32c ${streamed.crc32c}, not ${crc32c}`, {
          hint: 'The file changed after it was written. Build the version again.',
          at: { file: localFile },
        });
      }
      await writer.close();
    } catch (cause) {
      await writer.abort();
      throw storageError(cause, `copy ${localFile} to`, absolute);
    }
  }

  async download(path: string, localFile: string): Promise<Downloaded> {
    const temporary = temporaryPath(localFile);
    let writer: LocalWriter | undefined;
    try {
      const source = await this.readable(path);
      writer = new LocalWriter(localFile, temporary, await open(temporary, 'wx'), false);
      const downloaded = await streamFile(source, writer);
      await writer.close();
      return downloaded;
    } catch (cause) {
      await writer?.abort();
      throw storageError(cause, `copy ${this.absolute(path)} to`, localFile);
    }
  }

  async delete(path: string): Promise<void> {
    const absolute = this.absolute(path);
    try {
      await rm(absolute, { force: true });
    } catch (cause) {
      throw storageError(cause, 'delete', absolute);
    }
  }

  async deleteAll(directory: string): Promise<void> {
    if (directory !== '') return this.deleteDirectory(directory);
    for (const { name } of await this.list('')) await this.deleteDirectory(name);
  }

  /** When an object or a directory was changed last; undefined where there is none. */
  async modified(path: string): Promise<Date | undefined> {
    const absolute = this.absolute(path);
    try {
      return (await existing(stat(absolute)))?.mtime;
    } catch (cause) {
      throw storageError(cause, 'look up', absolute);
    }
  }

  /** Sets an object's modification time to now. */
  async touch(path: string): Promise<void> {
    const absolute = this.absolute(path);
    try {
      const now = new Date();
      await utimes(absolute, now, now);
    } catch (cause) {
      throw storageError(cause, 'touch', absolute);
    }
  }

  async makeDirectory(path: string): Promise<void> {
    const absolute = this.absolute(path);
    try {
      await mkdir(absolute, { recursive: true });
    } catch (cause) {
      throw storageError(cause, 'make', absolute);
    }
  }

  /**
   * Moves a whole directory in one step, unless the place is taken: rename(2) fails on a directory that holds anything.
   *
   * @returns whether it was moved.
   */
  async moveDirectory(from: string, to: string): Promise<boolean> {
    const target = this.absolute(to);
    try {
      await mkdir(dirname(target), { recursive: true });
    } catch (cause) {
      throw storageError(cause, 'make', dirname(target));
    }
    try {
      await rename(this.absolute(from), target);
      await syncDirectory(dirname(target));
      return true;
    } catch (cause) {
      const code = systemErrorCode(cause);
      if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') return false;
      throw storageError(cause, `move ${from} to`, target);
    }
  }

  /** Moves a file in one step, over what is there. */
  async moveFile(from: string, to: string): Promise<void> {
    const target = this.absolute(to);
    try {
      await mkdir(dirname(target), { recursive: true });
      await rename(this.absolute(from), target);
      await syncDirectory(dirname(target));
    } catch (cause) {
      throw storageError(cause, `move ${from} to`, target);
    }
  }

  async deleteDirectory(path: string): Promise<void> {
    const absolute = this.absolute(path);
    try {
      await rm(absolute, { recursive: true, force: true, maxRetries: 3 });
    } catch (cause) {
      throw storageError(cause, 'delete', absolute);
    }
  }

  /** @param place gives the finished copy its name: `rename` replaces what is there, `link` fails. */
  async #copy(from: string, to: string, place: (temporary: string, target: string) => Promise<void>): Promise<void> {
    const source = this.absolute(from);
    const target = this.absolute(to);
    const temporary = temporaryPath(target);
    try {
      await mkdir(dirname(target), { recursive: true });
      await copyFile(source, temporary, constants.COPYFILE_FICLONE);
      await place(temporary, target);
    } catch (cause) {
      throw storageError(cause, `copy ${source} to`, target);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #writer(absolute: string, sync = this.#durable): Promise<LocalWriter> {
    const temporary = temporaryPath(absolute);
    if (this.#confined) await checkInside(this.location, dirname(absolute));
    try {
      await mkdir(dirname(absolute), { recursive: true });
      return new LocalWriter(absolute, temporary, await open(temporary, 'wx'), sync);
    } catch (cause) {
      throw storageError(cause, 'create', absolute);
    }
  }
}

function temporaryPath(target: string): string {
  return join(dirname(target), `${temporaryPrefix}${randomUUID()}`);
}

async function readSmallFile(absolute: string): Promise<Uint8Array> {
  const handle = await open(absolute, 'r');
  try {
    checkSmall((await handle.stat()).size, absolute);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function isAbsent(cause: unknown): boolean {
  const code = systemErrorCode(cause);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function existing<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause;
  }
}

function asBytes(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}
