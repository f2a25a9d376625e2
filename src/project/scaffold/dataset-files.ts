import type { DatasetName } from '../../core/names/index.js';

/** Where a new data set's examples come from. */
export const datasetTemplates = ['csv', 'sql', 'generate'] as const;
export type DatasetTemplate = (typeof datasetTemplates)[number];

/**
 * The files of a new data set, by name: a builder that builds as it stands, its test, its card and its data.
 *
 * The words in them are an example that the author overwrites; it shows each thing that a data set says of itself.
 */
export function datasetFiles(name: DatasetName, template: DatasetTemplate): Readonly<Record<string, string>> {
  const source = sources[template];
  return {
    'builder.ts': builder(name, source),
    'builder.test.ts': test(name),
    'README.md': card(name, source),
    ...source.files,
  };
}

interface SourceTemplate {
  readonly imports: readonly string[];
  /** Declarations between schema and class. */
  readonly declarations: string;
  /** What `splits()` returns. */
  readonly splits: string;
  /** Where the data is from, for the card. */
  readonly origin: string;
  readonly files: Readonly<Record<string, string>>;
}

const comments: readonly (readonly [stars: number, mood: string, comment: string])[] = [
  [5, 'positive', 'Arrived a day early, and it fits.'],
  [1, 'negative', 'The box was empty.'],
  [3, 'neutral', 'It is a chair.'],
  [4, 'positive', 'Warmer than it looks.'],
  [2, 'negative', '"Waterproof", says the label. It is not.'],
  [3, 'neutral', 'Bought it for my brother, who has not said anything.'],
  [5, 'positive', 'My third one in ten years.'],
  [1, 'negative', 'Two left shoes.'],
  [4, 'positive', 'Good value.'],
  [3, 'neutral', 'Colour differs a little from the picture.'],
];
/** Enough that a split of one in five is not empty. */
const rows = Array.from({ length: 50 }, (_, index) => {
  const [stars, mood, comment] = comments[index % comments.length] ?? [3, 'neutral', ''];
  return { id: `c${String(index + 1).padStart(3, '0')}`, stars, mood, comment };
});

const commentsFile = [
  'id,stars,mood,comment',
  ...rows.map(({ id, stars, mood, comment }) => `${id},${stars},${mood},"${comment.replaceAll('"', '""')}"`),
  '',
].join('\n');

const csvSource: SourceTemplate = {
  imports: ['csv'],
  declarations: `
/** A row of comments.csv. */
interface Row {
  readonly id: string;
  readonly stars: string;
  readonly mood: 'negative' | 'neutral' | 'positive';
  readonly comment: string;
}

function toExample({ stars, mood, comment }: Row): Example {
  return { stars: Number(stars), mood, comment };
}
`,
  splits: `pipeline
      .read(csv<Row>(new URL('./comments.csv', import.meta.url)))
      .keyBy((row) => row.id)
      .mapValues(toExample)
      .splitBy((_, id) => id, { train: 0.8, test: 0.2 })`,
  origin: 'comments.csv in this folder',
  files: { 'comments.csv': commentsFile },
};

const sqlSource: SourceTemplate = {
  imports: ['sql'],
  declarations: `
/** A row of the result of comments.sql. */
interface Row {
  readonly id: string;
  readonly stars: number;
  readonly mood: 'negative' | 'neutral' | 'positive';
  readonly comment: string;
}
`,
  splits: `pipeline
      .read(
        sql<Row>(new URL('./comments.sql', import.meta.url), {
          // Files that the query may read, as tables. It runs on DuckDB: npm install @duckdb/node-api
          tables: { comments: 'comments.csv' },
          params: { least_stars: 1 },
          types: { id: 'string', stars: 'int32', mood: 'string', comment: 'string' },
        }),
      )
      .keyBy((row) => row.id)
      .mapValues(({ stars, mood, comment }): Example => ({ stars, mood, comment }))
      .splitBy((_, id) => id, { train: 0.8, test: 0.2 })`,
  origin: 'comments.sql in this folder, over comments.csv',
  files: {
    'comments.csv': commentsFile,
    'comments.sql': `-- Columns of CSV files are text: cast what is something else.
SELECT id, CAST(stars AS INTEGER) AS stars, mood, comment
FROM comments
WHERE CAST(stars AS INTEGER) >= $least_stars
`,
  },
};

const generatedSource: SourceTemplate = {
  imports: [],
  declarations: `
/** Yields each example under its key, in any order. Read files or ask services here; for CSV, Parquet and the like there are sources. */
function* examples(): Generator<readonly [id: string, example: Example]> {
  const moods = ['negative', 'neutral', 'positive'] as const;
  for (let index = 0; index < 50; index++) {
    const stars = 1 + (index % 5);
    yield [\`c\${index}\`, { stars, mood: moods[Math.floor(stars / 2)] ?? 'neutral', comment: \`Comment number \${index}.\` }];
  }
}
`,
  splits: `pipeline.generate(examples).splitBy((_, id) => id, { train: 0.8, test: 0.2 })`,
  origin: 'the generator in builder.ts',
  files: {},
};

const sources: Readonly<Record<DatasetTemplate, SourceTemplate>> = {
  csv: csvSource,
  sql: sqlSource,
  generate: generatedSource,
};

function builder(name: DatasetName, source: SourceTemplate): string {
  const values = [
    'classLabel',
    ...source.imports,
    'DatasetBuilder',
    'features',
    'type InputOf',
    'type Pipeline',
    'scalar',
    'text',
  ];
  return `import { ${values.join(', ')} } from 'ailab-datasets';

const schema = features({
  comment: text({ description: 'What the customer wrote.', caveats: 'Not every customer writes one.' }),
  stars: scalar('int32', { description: 'How the customer rated the purchase.', unit: 'stars', range: [1, 5] }),
  mood: classLabel({ names: ['negative', 'neutral', 'positive'], description: 'How a reviewer read the comment.' }),
});
type Example = InputOf<typeof schema>;

// Types what load('${name}') returns.
declare module 'ailab-datasets' {
  interface DatasetTypes {
    ${name}: typeof schema;
  }
}
${source.declarations}
/** Comments of customers on what they bought. */
export class ${className(name)} extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = '${name}';
  // Newest first. MAJOR: existing data changes; MINOR: features are added; PATCH: clients read the same.
  static override readonly versions = { '1.0.0': 'First release.' };

  override info() {
    return {
      description: 'Comments of customers on what they bought, with their rating and the mood of the comment.',
      features: schema,
      supervisedKeys: ['comment', 'mood'] as const,
      license: 'CC0-1.0',
    };
  }

  override splits(pipeline: Pipeline) {
    return ${source.splits};
  }
}
`;
}

function test(name: DatasetName): string {
  return `import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from 'ailab-datasets';

test('${name} builds, and its examples hold what they promise', async (context) => {
  const registry = await mkdtemp(join(tmpdir(), '${name}-'));
  context.after(() => rm(registry, { recursive: true }));
  const train = await load('${name}', { split: 'train', registry, build: 'always' });
  let count = 0;
  for await (const example of train) {
    assert.notEqual(example.comment, '');
    count++;
  }
  assert.ok(count > 0);
});
`;
}

function card(name: DatasetName, source: SourceTemplate): string {
  return `# ${name}

Comments of customers on what they bought, with their rating and the mood of the comment.

| | |
|---|---|
| owner | who answers questions about it |
| source | ${source.origin} |
| licence | CC0-1.0 |

## What an example is
One comment. Its features, with units, ranges and caveats: \`ailab-datasets info ${name}\`.

## Splits
A comment belongs to \`train\` or \`test\` by a hash of its id, so that it stays there in every later version.

## Caveats
What somebody who trains on it should know.
`;
}

/** `product_c` → `ProductC`. */
function className(name: string): string {
  return name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
