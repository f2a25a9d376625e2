import type { DatasetText } from '../dataset-text.js';
import { commentsCard, commentsInfo, commentsSchema, commentsSummary, commentsTest } from './example-comments.js';

/** A function that yields examples, for what no other kind reads. */
export const generatorKind: DatasetText = {
  summary: commentsSummary,
  imports: ['classLabel', 'DatasetBuilder', 'features', 'type InputOf', 'type Pipeline', 'scalar', 'text'],
  declarations: `${commentsSchema}type Example = InputOf<typeof schema>;

/** Yields each example under its key, in any order. Read files or ask services here; for CSV, Parquet and the like there are sources. */
function* examples(): Generator<readonly [id: string, example: Example]> {
  const moods = ['negative', 'neutral', 'positive'] as const;
  for (let index = 0; index < 50; index++) {
    const stars = 1 + (index % 5);
    yield [\`c\${index}\`, { stars, mood: moods[Math.floor(stars / 2)] ?? 'neutral', comment: \`Comment number \${index}.\` }];
  }
}
`,
  schemaType: 'typeof schema',
  base: 'DatasetBuilder<typeof schema>',
  members: `${commentsInfo}
  override splits(pipeline: Pipeline) {
    return pipeline.generate(examples).splitBy((_, id) => id, { train: 0.8, test: 0.2 });
  }
`,
  test: commentsTest,
  card: { ...commentsCard, origin: 'the generator in builder.ts' },
  files: {},
};
