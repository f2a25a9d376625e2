export { ImageFolderBuilder, type ImageFolderFeatures, type ImageFolderLayout } from './image-folder-builder.js';
export { TableBuilder } from './table-builder.js';
