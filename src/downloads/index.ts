export type { ArchiveFormat } from '../archives/index.js';
export { checksumsFileName } from './checksums/file-name.js';
export {
  checkRequest,
  type Download,
  type DownloadRequest,
  isRequest,
} from './download-request.js';
export type { DownloadLimits, DownloadMode, DownloadProgress, DownloadSettings } from './download-settings.js';
export { type DownloadRecord, downloadedFiles } from './downloaded-files.js';
export { openDownloads } from './open-downloads.js';
