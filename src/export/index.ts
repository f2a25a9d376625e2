export { copyPublishedFile } from './copy-file.js';
export { type ExportFormat, type ExportOptions, type ExportReport, exportFormats } from './export-options.js';
export { exportVersion } from './export-version.js';
