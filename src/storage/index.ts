export { openLocalFile } from './local-object.js';
export { LocalStorage } from './local-storage.js';
export { isRelativePath } from './relative-path.js';
export type { DirectoryEntry, ObjectWriter, OpenedObject, Storage, StoredObject } from './storage.js';
export { storageError, systemErrorCode } from './storage-error.js';
export { syncTree } from './sync.js';
