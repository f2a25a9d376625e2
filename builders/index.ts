export { FilesBuilder, type FilesLayout } from './files-builder.js';
export { ImageFolderBuilder, type ImageFolderFeatures, type ImageFolderLayout } from './image-folder-builder.js';
export { ImageMetadataBuilder, type ImageMetadataLayout } from './image-metadata-builder.js';
export type { CsvDialect } from './rows/file-rows.js';
export { filesBySplit } from './rows/files-by-split.js';
export type { RowFormat } from './rows/row-format.js';
export type { RowLayout, RowSplits, SplitsByColumn, SplitsByFraction } from './rows/row-layout.js';
export { SqlBuilder, type SqlLayout } from './sql-builder.js';
export { TableBuilder } from './table-builder.js';
