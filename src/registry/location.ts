import { isLocalStorage, type Storage } from '../storage/index.js';

/** Where a path of a storage lies: an absolute path, or a URL. */
export function locationOf(storage: Storage, path: string): string {
  if (isLocalStorage(storage)) return storage.absolute(path);
  return path === '' ? storage.location : `${storage.location}/${path}`;
}
