import type { FieldFacts } from '../../../sources/index.js';
import { codeProperty, codeText, commentText } from '../code-text.js';
import type { DatasetText } from '../dataset-text.js';
import { type FieldWords, featureCode, fieldNameProblem, labelsOf } from './field-code.js';

/** What was found out of the rows that a new data set is to be made of. */
export interface InferredRows {
  /** What the rows come from, in a word: `reviews.csv`. */
  readonly origin: string;
  readonly fields: readonly InferredField[];
  readonly rows: number | undefined;
  readonly key: InferredKey;
}

export interface InferredField {
  readonly facts: FieldFacts;
  /** What the warehouse says of the column. */
  readonly description?: string | undefined;
  /** A kind of personal data. */
  readonly pii?: string | undefined;
}

export interface InferredKey {
  /** Undefined where rows are identified by their place. */
  readonly column: string | undefined;
  /** How that is known, as one sentence. */
  readonly reason: string;
}

/** Parts of a builder that are the same for files and queries. */
export interface InferredParts extends Pick<DatasetText, 'declarations' | 'test' | 'card' | 'summary'> {
  readonly imports: readonly string[];
  /** Code: `key`, `columns` and `splits` of the layout, a line each. */
  readonly layout: string;
  /** Code: the method `info`. */
  readonly info: string;
  /** What its author should know and the files don't show at once. */
  readonly notes: readonly string[];
}

/** Fewer rows might leave a split of one in ten empty. */
const leastRowsToSplit = 200;
/** The test builds so many of a split, so that it is fast whatever the data. */
const testSample = 1000;

/** Writes down what was inferred, as code and in words. */
export function inferredText({ origin, fields, rows, key }: InferredRows): InferredParts {
  const split = splitColumn(fields);
  const schema = schemaCode(
    origin,
    fields.filter(({ facts }) => facts !== split),
  );
  const notes = [
    ...schema.notes,
    key.reason,
    ...(split === undefined ? [] : [`The column ${split.name} says the split.`]),
  ];
  const splits = splitsCode(split, rows);
  const renamed = schema.columns.length === 0 ? [] : [`columns: { ${schema.columns.join(', ')} },`];
  const keyLine = key.column === undefined ? [] : [`key: ${codeText(key.column)},`];
  const lines = [`// ${commentText(key.reason)}`, ...keyLine, ...renamed, ...splits.code];
  const summary = `Rows of ${commentText(origin)}.`;
  return {
    summary,
    imports: ['features', ...schema.imports],
    declarations: `const schema = features({\n${schema.members.map((line) => `  ${line}\n`).join('')}});\n`,
    layout: lines.map((line) => `    ${line}\n`).join(''),
    info: `
  override info() {
    return {
      description: ${codeText(summary)},
      features: schema,
${privacyCode(fields, key)}    };
  }
`,
    test: {
      split: splits.first,
      holds: `    assert.deepEqual(Object.keys(example).sort(), [${schema.names.sort().map(codeText).join(', ')}]);\n`,
      sample: testSample,
    },
    card: {
      origin: commentText(origin).replaceAll('|', '\\|'),
      license: 'under which terms it may be used',
      example: 'One row.',
      splits: splits.words,
    },
    notes,
  };
}

interface SchemaCode {
  /** Lines of the object that declares the fields. */
  readonly members: readonly string[];
  readonly imports: readonly string[];
  readonly names: string[];
  /** Fields that can't be called as their column, with it: code. */
  readonly columns: readonly string[];
  readonly notes: readonly string[];
}

function schemaCode(origin: string, fields: readonly InferredField[]): SchemaCode {
  const members: string[] = [];
  const columns: string[] = [];
  const names: string[] = [];
  const notes: string[] = [];
  const imports = new Set<string>();
  const taken = new Set(fields.map(({ facts }) => facts.name));
  for (const [index, { facts, description, pii }] of fields.entries()) {
    const column = facts.name === '' ? 'without a name' : facts.name;
    const words: FieldWords = {
      description: description ?? `The column ${column} of ${origin}.`,
      ...(pii === undefined ? {} : { pii }),
    };
    const feature = featureCode(facts, words);
    if ('reason' in feature) {
      const note = `The column ${column} is left out: ${feature.reason}.`;
      members.push(`// ${commentText(note)}`);
      notes.push(note);
      continue;
    }
    const { except } = facts;
    if (except !== undefined) {
      const note = `${column}: all but ${facts.rows - facts.missing - except.values} of its values are ${except.type}; the first that is not stands in ${except.firstOther}.`;
      members.push(`// ${commentText(note)}`);
      notes.push(note);
    }
    const name = fieldNameProblem(facts.name) === undefined ? facts.name : freeName(`column_${index + 1}`, taken);
    if (name !== facts.name) columns.push(`${codeProperty(name)}: ${codeText(facts.name)}`);
    const labels = labelsOf(facts);
    if (labels !== undefined) {
      notes.push(
        `${column} is a class label: all ${facts.rows - facts.missing} values are among ${labels.length}, which are its names now.`,
      );
    }
    names.push(name);
    members.push(`${codeProperty(name)}: ${feature.code},`);
    for (const each of feature.imports) imports.add(each);
  }
  return { members, imports: [...imports], names, columns, notes };
}

function freeName(wanted: string, taken: Set<string>): string {
  const name = taken.has(wanted) ? freeName(`${wanted}_`, taken) : wanted;
  taken.add(name);
  return name;
}

const splitNames: ReadonlySet<string> = new Set([
  'train',
  'training',
  'validation',
  'valid',
  'val',
  'dev',
  'test',
  'testing',
  'eval',
]);

/** A column called `split` whose values are names of splits, in every row. */
function splitColumn(fields: readonly InferredField[]): FieldFacts | undefined {
  const facts = fields.find(({ facts: { name } }) => name.toLowerCase() === 'split')?.facts;
  if (facts === undefined || facts.optional || facts.distinct === undefined) return undefined;
  return facts.distinct.every((name) => splitNames.has(name)) ? facts : undefined;
}

function splitsCode(column: FieldFacts | undefined, rows: number | undefined) {
  if (column?.distinct !== undefined) {
    const names = column.distinct.map(codeText).join(', ');
    return {
      code: [`splits: { column: ${codeText(column.name)}, names: [${names}] },`],
      first: column.distinct.find((name) => name.startsWith('train')) ?? column.distinct[0] ?? 'train',
      words: `The column ${column.name} says which split a row belongs to.`,
    };
  }
  if (rows !== undefined && rows < leastRowsToSplit)
    return { code: [], first: 'train', words: 'All rows are in `train`.' };
  return {
    code: ['splits: { fractions: { train: 0.8, validation: 0.1, test: 0.1 } },'],
    first: 'train',
    words: 'A row belongs to its split by a hash of its key, so that it stays there in every later version.',
  };
}

/** What is personal isn't stored until somebody decides that it is. */
function privacyCode(fields: readonly InferredField[], key: InferredKey): string {
  const kinds = [...new Set(fields.flatMap(({ pii }) => pii ?? []))].sort();
  if (kinds.length === 0) return '';
  const policies = kinds.map((kind) => `        ${codeProperty(kind)}: { policy: 'drop' },\n`).join('');
  const keyKind = fields.find(({ facts }) => facts.name === key.column)?.pii;
  const keyPii = keyKind === undefined ? '' : `      keyPii: ${codeText(keyKind)},\n`;
  return `      // Nothing personal is stored until you choose to mask, pseudonymise or keep it.\n      privacy: {\n${policies}      } as const,\n${keyPii}`;
}
