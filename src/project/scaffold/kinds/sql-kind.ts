import type { DatasetText } from '../dataset-text.js';
import {
  commentsCard,
  commentsFile,
  commentsInfo,
  commentsSchema,
  commentsSummary,
  commentsTest,
} from './example-comments.js';

/** The result of a query over files: metadata and SQL. */
export const sqlKind: DatasetText = {
  summary: commentsSummary,
  imports: ['classLabel', 'features', 'scalar', 'SqlBuilder', 'text'],
  declarations: commentsSchema,
  schemaType: 'typeof schema',
  base: 'SqlBuilder<typeof schema>',
  members: `
  // Each field of the schema is the column of its name.
  protected override readonly layout = {
    query: new URL('./comments.sql', import.meta.url),
    // Files that the query may read, as tables. It runs on DuckDB: npm install @duckdb/node-api
    tables: { comments: 'comments.csv' },
    params: { least_stars: 1 },
    key: 'id',
    splits: { fractions: { train: 0.8, test: 0.2 } },
  } as const;
${commentsInfo}`,
  test: commentsTest,
  card: { ...commentsCard, origin: 'comments.sql in this folder, over comments.csv' },
  files: {
    'comments.csv': commentsFile,
    'comments.sql': `-- Columns of CSV files are text: cast what is something else.
SELECT id, CAST(stars AS INTEGER) AS stars, mood, comment
FROM comments
WHERE CAST(stars AS INTEGER) >= $least_stars
`,
  },
};
