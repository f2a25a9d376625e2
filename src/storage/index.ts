export { type RepeatSettings, repeat } from './gcs/attempts.js';
export type { GcsSettings } from './gcs/gcs-settings.js';
export { GcsStorage } from './gcs/gcs-storage.js';
export {
  credentialsFailure,
  credentialsReason,
  isAboutConnection,
  RequestFailure,
  requestFailure,
} from './gcs/request-failure.js';
export { RequestLimit } from './gcs/request-limit.js';
export { gcsfuseUrl, refuseGcsfuse } from './gcsfuse.js';
export { inParallel } from './in-parallel.js';
export { openLocalFile } from './local-object.js';
export { LocalStorage } from './local-storage.js';
export { isGcsStorage, isLocalStorage, openStorage } from './open-storage.js';
export { isRelativePath } from './relative-path.js';
export { replaceFile } from './replace-file.js';
export type {
  DirectoryEntry,
  Downloaded,
  ObjectWriter,
  OpenedObject,
  Storage,
  StoredObject,
  UploadOptions,
} from './storage.js';
export { storageError, systemErrorCode } from './storage-error.js';
export { syncTree } from './sync.js';
