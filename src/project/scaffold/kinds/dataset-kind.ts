import type { DatasetText } from '../dataset-text.js';
import { filesKind } from './files-kind.js';
import { generatorKind } from './generator-kind.js';
import { imagesKind } from './images-kind.js';
import { sqlKind } from './sql-kind.js';

/** Where a new data set's examples come from. */
export const datasetKinds = ['files', 'sql', 'images', 'generator'] as const;
export type DatasetKind = (typeof datasetKinds)[number];

/** What a new data set of each kind says, until its author says something else. */
export const kindTexts: Readonly<Record<DatasetKind, DatasetText>> = {
  files: filesKind,
  sql: sqlKind,
  images: imagesKind,
  generator: generatorKind,
};
