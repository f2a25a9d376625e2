import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { formatGcsUrl, parseGcsUrl } from '../../core/location/index.js';
import { inParallel } from '../in-parallel.js';
import { checkRelativePath, isRelativePath } from '../relative-path.js';
import { checkSmall } from '../small-object.js';
import type {
  DirectoryEntry,
  Downloaded,
  ObjectWriter,
  OpenedObject,
  Storage,
  StoredObject,
  UploadOptions,
} from '../storage.js';
import { storageError } from '../storage-error.js';
import { repeat } from './attempts.js';
import { BucketObjects } from './bucket-objects.js';
import { downloadObject } from './download-object.js';
import { FileTarget } from './file-target.js';
import { GcsConnection } from './gcs-connection.js';
import { gcsError } from './gcs-error.js';
import { GcsObject, type ObjectSource } from './gcs-object.js';
import { defaultGcsSettings, type GcsSettings } from './gcs-settings.js';
import { GcsWriter } from './gcs-writer.js';
import { type ObjectResource, type Page, storedObject } from './object-resource.js';
import { noBucket, RequestFailure } from './request-failure.js';
import { RequestLimit } from './request-limit.js';
import { insertContent, uploadFile } from './upload-object.js';

/**
 * A registry's storage in a bucket of Google Cloud Storage, or below a prefix of one.
 *
 * Google's client and the credentials are looked for at the first request. The variable STORAGE_EMULATOR_HOST names an emulator.
 *
 * @example
 * ```ts
 * const storage = new GcsStorage('gs://lab-datasets/registry');
 * await storage.createIfAbsent('product_a/.aliases/prod/00000001.json', '{}'); // true: nobody was faster
 * ```
 */
export class GcsStorage implements Storage {
  readonly location: string;
  /** What the names of all objects begin with: `''`, or with a `/` at its end. */
  readonly #root: string;
  readonly #settings: GcsSettings;
  readonly #objects: BucketObjects;
  readonly #transfers: RequestLimit;
  /** Whether the bucket was seen to exist: a missing object is told from a missing bucket once. */
  #bucketSeen = false;

  /** @throws DatasetsError NAME_INVALID for anything but `gs://bucket` and `gs://bucket/prefix`. */
  constructor(url: string, settings: Partial<GcsSettings> = {}) {
    const place = parseGcsUrl(url);
    this.location = formatGcsUrl(place);
    this.#root = place.path === '' ? '' : `${place.path}/`;
    this.#settings = { ...defaultGcsSettings, ...settings };
    this.#transfers = new RequestLimit(this.#settings.parallelTransfers);
    this.#objects = new BucketObjects(new GcsConnection(this.#settings), place.bucket);
  }

  async list(directory: string): Promise<readonly DirectoryEntry[]> {
    const prefix = this.#prefix(directory);
    const entries: DirectoryEntry[] = [];
    for await (const { objects, prefixes } of this.#pages(directory, '/')) {
      for (const { name } of objects) entries.push({ name: name.slice(prefix.length), kind: 'object' });
      for (const name of prefixes) entries.push({ name: name.slice(prefix.length, -1), kind: 'directory' });
    }
    return entries.filter(({ name }) => isRelativePath(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Leaves out what other programs may have put there under names that are no paths: `a//b`, and the `a/` of consoles. */
  async *walk(directory: string): AsyncGenerator<StoredObject> {
    for await (const { objects } of this.#pages(directory)) {
      for (const resource of objects) {
        const path = resource.name.slice(this.#root.length);
        if (isRelativePath(path)) yield storedObject(resource, path);
      }
    }
  }

  async stat(path: string): Promise<StoredObject | undefined> {
    const resource = await this.#find(path, 'look up');
    return resource === undefined ? undefined : storedObject(resource, path);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const name = this.#name(path);
    let content = new Uint8Array(0);
    let position = 0;
    return this.#existing(path, 'read', async () => {
      await downloadObject(this.#objects, this.#settings, name, {
        start: (bytes) => {
          checkSmall(bytes, this.#url(path));
          content = new Uint8Array(bytes);
          position = 0;
        },
        write: (bytes) => {
          content.set(bytes, position);
          position += bytes.length;
        },
      });
      return content;
    });
  }

  async open(path: string): Promise<OpenedObject> {
    const resource = await this.#find(path, 'open');
    if (resource === undefined) throw this.#absent(path, 'open');
    return new GcsObject(this.#source(path), resource);
  }

  async createIfAbsent(path: string, content: Uint8Array | string): Promise<boolean> {
    const name = this.#name(path);
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    return this.#createOnce(path, (creation) =>
      insertContent(this.#objects, name, bytes, { ifAbsent: true, creation }).catch(noBucket),
    );
  }

  async write(path: string, content: Uint8Array | string): Promise<void> {
    const writer = await this.create(path);
    await writer.write(typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
    await writer.close();
  }

  async create(path: string): Promise<ObjectWriter> {
    return new GcsWriter(this.#source(path), this.#name(path));
  }

  async copy(from: string, to: string): Promise<void> {
    const names = [this.#name(from), this.#name(to)] as const;
    await this.#run(to, `copy ${from} to`, () => repeat(this.#settings, () => this.#objects.rewrite(...names, {})));
  }

  /**
   * Creates or replaces `to` with the content of any object of Google Cloud Storage. The bytes stay there, and so does the object.
   *
   * @param url `gs://bucket/object`
   */
  async copyFrom(url: string, to: string): Promise<void> {
    const { bucket, path } = parseGcsUrl(url);
    const name = this.#name(to);
    await this.#run(to, `copy ${url} to`, () =>
      repeat(this.#settings, () => this.#objects.rewrite(path, name, {}, bucket)),
    );
  }

  async copyIfAbsent(from: string, to: string): Promise<boolean> {
    const names = [this.#name(from), this.#name(to)] as const;
    return this.#createOnce(to, (creation) => this.#objects.rewrite(...names, { ifAbsent: true, creation }));
  }

  async upload(localFile: string, path: string, { crc32c }: UploadOptions = {}): Promise<void> {
    const name = this.#name(path);
    await this.#run(path, `upload ${localFile} to`, () =>
      this.#transfers.run(() => uploadFile(this.#objects, this.#settings, name, localFile, crc32c)).catch(noBucket),
    );
  }

  download(path: string, localFile: string): Promise<Downloaded> {
    return this.#transfers.run(() => this.#download(path, localFile));
  }

  async delete(path: string): Promise<void> {
    const name = this.#name(path);
    await this.#existing(path, 'delete', () => repeat(this.#settings, () => this.#objects.delete(name)));
  }

  async deleteAll(directory: string): Promise<void> {
    const names: string[] = [];
    for await (const { objects } of this.#pages(directory)) names.push(...objects.map(({ name }) => name));
    await inParallel(names, this.#settings.parallelRequests, (name) =>
      this.#existing(name.slice(this.#root.length), 'delete', () =>
        repeat(this.#settings, () => this.#objects.delete(name)),
      ),
    );
  }

  async #download(path: string, localFile: string): Promise<Downloaded> {
    const name = this.#name(path);
    const temporary = `${localFile}.tmp-${randomUUID()}`;
    const handle = await local(localFile, () => open(temporary, 'wx'));
    try {
      const downloaded = await this.#existing(path, 'download', () =>
        downloadObject(this.#objects, this.#settings, name, new FileTarget(handle, localFile)),
      );
      if (downloaded === undefined) throw this.#absent(path, 'download');
      await handle.close();
      await local(localFile, () => rename(temporary, localFile));
      return downloaded;
    } catch (error) {
      await handle.close();
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /**
   * Runs a creation that the server refuses where there is such an object. Such a refusal may be about this call's own object, when an earlier
   * reply was lost: the object itself says who created it.
   */
  async #createOnce(path: string, create: (creation: string) => Promise<ObjectResource>): Promise<boolean> {
    const creation = randomUUID();
    return this.#run(path, 'create', () =>
      repeat(this.#settings, async ({ uncertain }) => {
        try {
          await create(creation);
          return true;
        } catch (error) {
          if (!(error instanceof RequestFailure) || error.status !== 412) throw error;
          return uncertain && (await this.#find(path, 'look up'))?.creation === creation;
        }
      }),
    );
  }

  async *#pages(directory: string, delimiter?: string): AsyncGenerator<Page> {
    const prefix = this.#prefix(directory);
    let pageToken: string | undefined;
    do {
      const options = delimiter === undefined ? { pageToken } : { pageToken, delimiter };
      const page = await this.#run(directory, 'list', () =>
        repeat(this.#settings, () => this.#objects.page(prefix, options)).catch(noBucket),
      );
      yield page;
      pageToken = page.nextPage;
    } while (pageToken !== undefined);
  }

  #find(path: string, verb: string): Promise<ObjectResource | undefined> {
    const name = this.#name(path);
    return this.#existing(path, verb, () => repeat(this.#settings, () => this.#objects.get(name)));
  }

  /** Undefined where there is no such object. */
  async #existing<T>(path: string, verb: string, operation: () => Promise<T>): Promise<T | undefined> {
    return this.#run(path, verb, async () => {
      try {
        return await operation();
      } catch (error) {
        if (!(error instanceof RequestFailure) || error.status !== 404) throw error;
        if (!this.#bucketSeen)
          await repeat(this.#settings, () => this.#objects.page('', { maxResults: 1 })).catch(noBucket);
        else if (/bucket/i.test(error.message)) throw error;
        return undefined;
      }
    });
  }

  async #run<T>(path: string, verb: string, operation: () => Promise<T>): Promise<T> {
    try {
      const result = await operation();
      this.#bucketSeen = true;
      return result;
    } catch (cause) {
      throw gcsError(cause, verb, this.#url(path));
    }
  }

  #absent(path: string, verb: string): Error {
    return gcsError(new RequestFailure('there is no such object', { status: 404 }), verb, this.#url(path));
  }

  #source(path: string): ObjectSource {
    return { objects: this.#objects, settings: this.#settings, url: this.#url(path) };
  }

  #name(path: string): string {
    checkRelativePath(path, this.location);
    return `${this.#root}${path}`;
  }

  /** What the names of all objects below a directory begin with. */
  #prefix(directory: string): string {
    return directory === '' ? this.#root : `${this.#name(directory)}/`;
  }

  #url(path: string): string {
    return path === '' ? this.location : `${this.location}/${path}`;
  }
}

async function local<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    throw storageError(cause, 'write', path);
  }
}
