import { nearest } from '../../../core/errors/index.js';
import type { SqlParameter } from '../parameters.js';
import { refusedQuery } from '../refused-query.js';
import type { WarehouseQuery } from '../warehouse.js';

/** The parameter that stands for the time of `snapshot`. */
export const snapshotParameter = 'snapshot_time';

/** QueryParameter of the REST API. */
export interface QueryParameter {
  readonly name: string;
  readonly parameterType: { readonly type: string };
  readonly parameterValue: { readonly value: string | null };
}

/**
 * The values of a query as named parameters.
 *
 * @throws DatasetsError QUERY_INVALID for a parameter without a value, a value without a parameter, and a snapshot that the query does not use
 */
export function queryParameters({ query, parameters, snapshot }: WarehouseQuery): readonly QueryParameter[] {
  const wanted = parameterNames(query.text);
  const values: Record<string, SqlParameter> = { ...parameters };
  if (snapshot !== undefined) {
    if (!wanted.has(snapshotParameter)) throw unusedSnapshot(query);
    values[snapshotParameter] = snapshot;
  }
  const given = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), { name, value }]));
  for (const name of wanted) if (!given.has(name)) throw missingValue(query, name, Object.keys(parameters));
  const unused = [...given].find(([name]) => !wanted.has(name))?.[1].name;
  if (unused !== undefined) {
    throw refusedQuery(
      query,
      `has no parameter @${unused}, for which there is a value`,
      'Take it out of `params`.',
      unused,
    );
  }
  return [...given.values()].map(({ name, value }) => ({ name, ...typed(value) }));
}

/** What stands in comments, texts and quoted names is none; `@@name` is a variable of the system. */
const notParameters =
  /--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|[rRbB]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|`[^`]*`|@@[\w.]+/g;

/** A query without comments, and without what its texts and quoted names say. */
export function withoutComments(text: string): string {
  return text.replace(notParameters, ' ');
}

/** Names of parameters in a query, in lower case: GoogleSQL does not tell `@Since` from `@since`. */
function parameterNames(text: string): ReadonlySet<string> {
  const bare = withoutComments(text);
  return new Set([...bare.matchAll(/@([A-Za-z_]\w*)/g)].map(([, name = '']) => name.toLowerCase()));
}

function unusedSnapshot(query: WarehouseQuery['query']) {
  return refusedQuery(
    query,
    `is to read its tables as they were at a time, and does not use @${snapshotParameter}`,
    `Say it at each table: FROM dataset.table FOR SYSTEM_TIME AS OF @${snapshotParameter}. Views, external tables and tables with row-level policies can't travel in time: without \`snapshot\` the query reads what there is when it runs, and its result is what the build keeps.`,
  );
}

function missingValue(query: WarehouseQuery['query'], name: string, given: readonly string[]) {
  if (name === snapshotParameter) {
    return refusedQuery(query, `the parameter @${name} has no value`, 'Give it one: snapshot: p.snapshotTime.', name);
  }
  const suggestion = nearest(name, given);
  const question = suggestion === undefined ? '' : `Did you mean @${suggestion}? `;
  const hint = `${question}Give it one: params: { ${name}: … }.`;
  return refusedQuery(query, `the parameter @${name} has no value`, hint, name);
}

/** Nothing goes through a number that can't hold it. */
function typed(value: SqlParameter): Omit<QueryParameter, 'name'> {
  if (value === null) return withType('STRING', null);
  if (typeof value === 'boolean') return withType('BOOL', String(value));
  if (typeof value === 'bigint') return withType('INT64', String(value));
  if (typeof value === 'string') return withType('STRING', value);
  if (value instanceof Date) return withType('TIMESTAMP', value.toISOString());
  if (value instanceof Uint8Array) return withType('BYTES', Buffer.from(value).toString('base64'));
  if (Number.isInteger(value) && !Object.is(value, -0)) return withType('INT64', String(value));
  return withType('FLOAT64', Object.is(value, -0) ? '-0.0' : String(value));
}

function withType(type: string, value: string | null): Omit<QueryParameter, 'name'> {
  return { parameterType: { type }, parameterValue: { value } };
}
