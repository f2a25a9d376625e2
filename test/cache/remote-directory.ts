import { DatasetsError } from '../../src/core/errors/index.js';
import {
  type DirectoryEntry,
  type Downloaded,
  LocalStorage,
  type ObjectWriter,
  type OpenedObject,
  type Storage,
  type StoredObject,
  type UploadOptions,
} from '../../src/storage/index.js';

/** A directory that counts as remote: it is no LocalStorage, every request is noted, and the network can be cut. */
export class RemoteDirectory implements Storage {
  readonly location: string;
  /** `download product_a/1.2.0/…`, in order. */
  readonly requests: string[] = [];
  /** The error of every request while there is no network. */
  isCut = false;
  /** Called before each download. */
  beforeDownload: (path: string) => Promise<void> = async () => undefined;
  readonly #files: LocalStorage;

  constructor(directory: string, location = 'gs://bucket/registry') {
    this.location = location;
    this.#files = new LocalStorage(directory);
  }

  /** Paths of what was downloaded. */
  get downloads(): readonly string[] {
    return this.requests.filter((request) => request.startsWith('download ')).map((request) => request.slice(9));
  }

  list(directory: string): Promise<readonly DirectoryEntry[]> {
    this.#request('list', directory);
    return this.#files.list(directory);
  }

  walk(directory: string): AsyncIterable<StoredObject> {
    this.#request('walk', directory);
    return this.#files.walk(directory);
  }

  async stat(path: string): Promise<StoredObject | undefined> {
    this.#request('stat', path);
    return this.#files.stat(path);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    this.#request('read', path);
    return this.#files.read(path);
  }

  async open(path: string): Promise<OpenedObject> {
    this.#request('open', path);
    return this.#files.open(path);
  }

  async createIfAbsent(path: string, content: Uint8Array | string): Promise<boolean> {
    this.#request('create', path);
    return this.#files.createIfAbsent(path, content);
  }

  async write(path: string, content: Uint8Array | string): Promise<void> {
    this.#request('write', path);
    return this.#files.write(path, content);
  }

  async create(path: string): Promise<ObjectWriter> {
    this.#request('create', path);
    return this.#files.create(path);
  }

  async copy(from: string, to: string): Promise<void> {
    this.#request('copy', from);
    return this.#files.copy(from, to);
  }

  async copyIfAbsent(from: string, to: string): Promise<boolean> {
    this.#request('copy', from);
    return this.#files.copyIfAbsent(from, to);
  }

  async upload(localFile: string, path: string, options?: UploadOptions): Promise<void> {
    this.#request('upload', path);
    return this.#files.upload(localFile, path, options);
  }

  async download(path: string, localFile: string): Promise<Downloaded> {
    await this.beforeDownload(path);
    this.#request('download', path);
    return this.#files.download(path, localFile);
  }

  async delete(path: string): Promise<void> {
    this.#request('delete', path);
    return this.#files.delete(path);
  }

  async deleteAll(directory: string): Promise<void> {
    this.#request('delete', directory);
    return this.#files.deleteAll(directory);
  }

  #request(verb: string, path: string): void {
    this.requests.push(`${verb} ${path}`);
    if (!this.isCut) return;
    throw new DatasetsError('STORAGE_UNREACHABLE', `${this.location} does not answer`, { hint: 'Check the network.' });
  }
}
