import { DatasetsError } from '../../../core/errors/index.js';
import type { Storage } from '../../../storage/index.js';
import { checkedName } from './work-names.js';

/** The small documents of a location, and what is deleted there: the same in a directory and in a bucket. */
export class WorkDocuments {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  put(name: string, content: Uint8Array | string): Promise<boolean> {
    return this.#storage.createIfAbsent(checkedName(name), content);
  }

  async get(name: string): Promise<Uint8Array> {
    const content = await this.#read(checkedName(name));
    if (content !== undefined) return content;
    throw absent(`${this.#storage.location}/${name}`);
  }

  async list(folder: string): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const { path } of this.#storage.walk(folder === '' ? '' : checkedName(folder))) names.push(path);
    return names.sort();
  }

  remove(): Promise<void> {
    return this.#storage.deleteAll('');
  }

  /** A storage takes documents for small; a task of a build with very many runs may name so many files that it is not. */
  async #read(name: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#storage.read(name);
    } catch (error) {
      if (!(error instanceof DatasetsError) || error.code !== 'MANIFEST_INVALID') throw error;
    }
    const object = await this.#storage.open(name);
    try {
      return await object.read(0, object.bytes);
    } finally {
      await object.close();
    }
  }
}

export function absent(file: string): DatasetsError {
  return new DatasetsError('STORAGE_FAILED', `${file} is not there`, {
    hint: 'The work location was cleared while the job ran, or it is that of another job. Run the build again.',
    at: { file },
  });
}
