import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DatasetsError } from '../../../core/errors/index.js';
import { inferQuery, type QueryFacts, type SourceContext, sql } from '../../../sources/index.js';
import { codeProperty, codeText } from '../code-text.js';
import { chooseKey, keyCandidates } from './choose-key.js';
import type { FromOptions, InferredDataset } from './infer-dataset.js';
import { type InferredKey, inferredText } from './inferred-text.js';
import { placeOf } from './place.js';

/** A data set of a query's result, as a `SqlBuilder`. The query's file is copied to the builder. */
export async function fromQuery(file: string, options: FromOptions): Promise<InferredDataset> {
  const { cwd, config, tables, signal, stagingDirectory } = options;
  const context: SourceContext = {
    baseDirectory: cwd,
    stagingDirectory,
    warehouse: config.warehouse,
    bigquery: config.bigquery,
    ...(signal === undefined ? {} : { signal }),
  };
  const query = pathToFileURL(resolve(cwd, file));
  const text = await readText(query);
  // Without its time a query that names it is refused.
  const travels = config.warehouse === 'bigquery' && /@snapshot_time\b/i.test(text);
  const facts = await inferQuery(query, { tables, ...(travels ? { snapshot: options.now } : {}) }, context).catch(
    (error: unknown) => {
      throw withHint(error, options);
    },
  );
  const key = await keyOf(query, facts, context, options);
  return written({ name: basename(file), text, travels }, facts, key, options);
}

async function readText(query: URL): Promise<string> {
  return readFile(query, 'utf8').catch((cause: unknown) => {
    throw new DatasetsError('SOURCE_NOT_FOUND', `the query ${basename(query.pathname)} can't be read`, {
      hint: `It was looked for at ${fileURLToPath(query)}.`,
      cause,
      at: { file: basename(query.pathname) },
    });
  });
}

/** Rows of a result have no place, so a column must identify them. */
async function keyOf(
  query: URL,
  { fields, rows }: QueryFacts,
  context: SourceContext,
  { tables }: FromOptions,
): Promise<InferredKey> {
  const open = fields.flatMap(({ facts, policyTags }) => (policyTags === undefined ? [facts] : []));
  if (rows === undefined) {
    const [column] = keyCandidates(
      open.map((facts) => ({ ...facts, optional: false })),
      true,
    );
    if (column !== undefined) {
      const reason = `The key is ${column}, which nobody has seen to be unique, since the query was not run: a build refuses a key that comes twice.`;
      return { column, reason };
    }
  } else {
    const key = await chooseKey(sql(query, { tables }), keyCandidates(open, true), rows, context);
    if (key.column !== undefined) return key;
  }
  throw new DatasetsError('QUERY_INVALID', `${basename(query.pathname)}: no column of its result identifies a row`, {
    hint: 'Select one that does: the id of the rows, or row_number() OVER (ORDER BY …) AS id.',
    at: { file: basename(query.pathname) },
  });
}

interface QueryFile {
  readonly name: string;
  readonly text: string;
  /** Whether it asks for the state of its tables at a time. */
  readonly travels: boolean;
}

function written(
  { name, text, travels }: QueryFile,
  { fields, rows }: QueryFacts,
  key: InferredKey,
  options: FromOptions,
): InferredDataset {
  const queryFile = `${options.name}.sql`;
  const parts = inferredText({
    origin: name,
    fields: fields.map(({ facts, description, policyTags }) => ({
      facts,
      description,
      pii: policyTags?.map((id) => `policy_tag_${id}`).join('_and_'),
    })),
    rows,
    key,
  });
  const places = Object.entries(options.tables).map(([name, files]) => ({ name, ...placeOf(files, options) }));
  const tables = places.map(({ name, path }) => `${codeProperty(name)}: ${codeText(path)}`).join(', ');
  const notes = [...parts.notes, ...places.flatMap((place) => place.notes)];
  if (rows === undefined && fields.some(({ facts }) => facts.optional))
    notes.push(
      'BigQuery does not say which columns are never NULL: take `optional` away where NULL would be a mistake.',
    );
  return {
    text: {
      ...parts,
      imports: ['SqlBuilder', ...parts.imports],
      schemaType: 'typeof schema',
      base: 'SqlBuilder<typeof schema>',
      members: `
  protected override readonly layout = {
    query: new URL(${codeText(`./${queryFile}`)}, import.meta.url),
${tables === '' ? '' : `    tables: { ${tables} },\n`}${travels ? '    snapshot: true,\n' : ''}${parts.layout}  } as const;
${parts.info}`,
      files: { [queryFile]: text },
    },
    notes,
  };
}

/** What the query lacks is said on the command line here, not in code. */
function withHint(error: unknown, { tables }: FromOptions): unknown {
  if (!(error instanceof DatasetsError) || error.code !== 'QUERY_INVALID') return error;
  const options = { cause: error.cause, at: error.at };
  if (/ has no value$/.test(error.message)) {
    const hint = 'Write values into a copy of the query, and make them parameters in the builder afterwards.';
    return new DatasetsError(error.code, error.message, { ...options, hint });
  }
  if (!/Table with name/.test(error.message)) return error;
  const named = Object.keys(tables);
  const hint = `Name the files of its tables: --table clicks=exports/clicks.csv.${named.length === 0 ? '' : ` There are: ${named.join(', ')}.`}`;
  return new DatasetsError(error.code, error.message, { ...options, hint });
}
