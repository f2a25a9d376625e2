import type { DatasetText } from '../dataset-text.js';
import {
  commentsCard,
  commentsFile,
  commentsInfo,
  commentsSchema,
  commentsSummary,
  commentsTest,
} from './example-comments.js';

/** Files of rows: metadata and nothing else. */
export const filesKind: DatasetText = {
  summary: commentsSummary,
  imports: ['classLabel', 'features', 'FilesBuilder', 'scalar', 'text'],
  declarations: commentsSchema,
  schemaType: 'typeof schema',
  base: 'FilesBuilder<typeof schema>',
  members: `
  // Each field of the schema is the column of its name.
  protected override readonly layout = {
    // In this folder. Globs and gs:// do as well, and files by split: { train: 'train-*.csv', test: 'test.csv' }.
    files: 'comments.csv',
    key: 'id',
    splits: { fractions: { train: 0.8, test: 0.2 } },
  } as const;
${commentsInfo}`,
  test: commentsTest,
  card: { ...commentsCard, origin: 'comments.csv in this folder' },
  files: { 'comments.csv': commentsFile },
};
