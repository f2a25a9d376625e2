import type { DatasetName } from '../../core/names/index.js';
import { codeText, commentText } from './code-text.js';

/** What the files of a new data set say. Code is TypeScript as it is to stand in builder.ts; everything else is text, and escaped where it becomes code. */
export interface DatasetText {
  /** One sentence: the class' comment, the description and the card begin with it. */
  readonly summary: string;
  /** Names that builder.ts imports from this package. */
  readonly imports: readonly string[];
  /** Code between the imports and the class: schema, types, functions. */
  readonly declarations: string;
  /** Code: the type of the schema, by which `load` knows its examples. */
  readonly schemaType: string;
  /** Code: the class that is extended. */
  readonly base: string;
  /** Code: the members of the class after its versions. */
  readonly members: string;
  /** Code of the test, once `train` holds the examples of a split. */
  readonly test: TestText;
  readonly card: CardText;
  /** Data and queries beside the builder, by name. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

export interface TestText {
  /** The split that is read. */
  readonly split: string;
  /** Code: what holds of every `example`. */
  readonly holds: string;
  /** Most examples of a split that the test builds; undefined for all. */
  readonly sample?: number;
}

export interface CardText {
  readonly origin: string;
  readonly license: string;
  readonly example: string;
  readonly splits: string;
}

/** The files of a new data set, by name: a builder that builds as it stands, its test, its card and its data. */
export function datasetFiles(name: DatasetName, text: DatasetText): Readonly<Record<string, string | Uint8Array>> {
  return {
    'builder.ts': builder(name, text),
    'builder.test.ts': test(name, text.test),
    'README.md': card(name, text),
    ...text.files,
  };
}

function builder(
  name: DatasetName,
  { summary, imports, declarations, schemaType, base, members }: DatasetText,
): string {
  return `import { ${[...imports].sort(byName).join(', ')} } from 'ailab-datasets';

${declarations}
// Types what load('${name}') returns.
declare module 'ailab-datasets' {
  interface DatasetTypes {
    ${name}: ${schemaType};
  }
}

/** ${commentText(summary)} */
export class ${className(name)} extends ${base} {
  static override readonly datasetName = '${name}';
  // Newest first. MAJOR: existing data changes; MINOR: features are added; PATCH: clients read the same.
  static override readonly versions = { '1.0.0': 'First release.' };
${members}}
`;
}

function test(name: DatasetName, { split, holds, sample }: TestText): string {
  const building =
    sample === undefined ? '' : `  await build('${name}', { config, maxExamplesPerSplit: ${sample} });\n`;
  const names = sample === undefined ? 'load, loadConfig' : 'build, load, loadConfig';
  return `import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ${names} } from 'ailab-datasets';

test('${name} builds, and its examples hold what they promise', async (context) => {
  const registry = await mkdtemp(join(tmpdir(), '${name}-'));
  context.after(() => rm(registry, { recursive: true }));
  const config = await loadConfig({ flags: { registry } });
${building}  let count = 0;
  for await (const example of await load('${name}', { split: ${codeText(split)}, config, build: 'always' })) {
${holds}    count++;
  }
  assert.ok(count > 0);
});
`;
}

function card(name: DatasetName, { summary, card: { origin, license, example, splits } }: DatasetText): string {
  return `# ${name}

${summary}

| | |
|---|---|
| owner | who answers questions about it |
| source | ${origin} |
| licence | ${license} |

## What an example is
${example} Its features, with units, ranges and caveats: \`ailab-datasets info ${name}\`.

## Splits
${splits}

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

/** `type X` stands where X does. */
function byName(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.replace(/^type /, '').toLowerCase());
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
