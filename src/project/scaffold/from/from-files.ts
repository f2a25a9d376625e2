import {
  arrow,
  csv,
  type FieldFacts,
  inferFields,
  json,
  jsonl,
  parquet,
  type Source,
  type SourceContext,
} from '../../../sources/index.js';
import { codeText } from '../code-text.js';
import type { DatasetText } from '../dataset-text.js';
import { chooseKey, keyCandidates } from './choose-key.js';
import { findDelimiter } from './find-delimiter.js';
import type { FromOptions, InferredDataset } from './infer-dataset.js';
import { inferredText } from './inferred-text.js';
import { placeOf } from './place.js';

type Row = Readonly<Record<string, unknown>>;

/** A data set of the rows of files, as a `FilesBuilder`. */
export async function fromFiles(reference: string, options: FromOptions): Promise<InferredDataset> {
  const { cwd, signal, stagingDirectory } = options;
  const context: SourceContext = { baseDirectory: cwd, stagingDirectory, ...(signal === undefined ? {} : { signal }) };
  const delimiter = formatOf(reference) === 'csv' ? await findDelimiter(reference, context) : undefined;
  const facts = await inferFields(reference, { ...context, ...(delimiter === undefined ? {} : { delimiter }) });
  const rows = facts[0]?.rows ?? 0;
  const key = await chooseKey(rowsOf(reference, facts, delimiter), keyCandidates(facts), rows, context);
  const origin = reference.slice(reference.lastIndexOf('/') + 1);
  const parts = inferredText({ origin, fields: facts.map((each) => ({ facts: each })), rows, key: placed(key) });
  const dialect =
    delimiter === undefined || delimiter === ',' ? '' : `    csv: { delimiter: ${codeText(delimiter)} },\n`;
  const place = placeOf(reference, options);
  const text: DatasetText = {
    ...parts,
    imports: ['FilesBuilder', ...parts.imports],
    schemaType: 'typeof schema',
    base: 'FilesBuilder<typeof schema>',
    members: `
  protected override readonly layout = {
    files: ${codeText(place.path)},
${dialect}${parts.layout}  } as const;
${parts.info}`,
    files: {},
  };
  return { text, notes: [...parts.notes, ...place.notes] };
}

/** Rows of files have a place. */
function placed<K extends { readonly column: string | undefined; readonly reason: string }>(key: K): K {
  if (key.column !== undefined) return key;
  return {
    ...key,
    reason: `${key.reason} Its file and its index there identify a row: name a \`key\` if the files may change.`,
  };
}

function rowsOf(reference: string, facts: readonly FieldFacts[], delimiter: string | undefined): Source<Row> {
  const columns = keyCandidates(facts);
  switch (formatOf(reference)) {
    case 'csv':
      return csv<Row>(reference, { columns, ...(delimiter === undefined ? {} : { delimiter }) });
    case 'tsv':
      return csv<Row>(reference, { columns, delimiter: '\t' });
    case 'parquet':
      return parquet<Row>(reference, { columns });
    case 'arrow':
      return arrow<Row>(reference, { columns });
    case 'json':
      return json<Row>(reference, { unsafeIntegers: 'bigint' });
    default:
      return jsonl<Row>(reference, { unsafeIntegers: 'bigint' });
  }
}

/** `inferFields` has refused others. */
function formatOf(reference: string): string | undefined {
  return /\.([a-z0-9]+)(?:\.(?:gz|zst))?$/i.exec(reference)?.[1]?.toLowerCase();
}
