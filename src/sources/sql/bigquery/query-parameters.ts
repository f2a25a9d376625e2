import { nearest } from '../../../core/errors/index.js';
import type { SqlParameter } from '../parameters.js';
import { missingPeriodHint } from '../period-parameters.js';
import { refusedQuery } from '../refused-query.js';
import { type TypedScalar, type TypedValue, typedValue } from '../typed-value.js';
import type { WarehouseQuery } from '../warehouse.js';

/** The parameter that stands for the time of `snapshot`. */
const snapshotParameter = 'snapshot_time';

/** QueryParameter of the REST API. */
export interface QueryParameter {
  readonly name: string;
  readonly parameterType: QueryParameterType;
  readonly parameterValue: QueryParameterValue;
}

export interface QueryParameterType {
  readonly type: string;
  readonly arrayType?: QueryParameterType;
  readonly structTypes?: readonly { readonly name: string; readonly type: QueryParameterType }[];
}

export interface QueryParameterValue {
  readonly value?: string | null;
  readonly arrayValues?: readonly QueryParameterValue[];
  readonly structValues?: Readonly<Record<string, QueryParameterValue>>;
}

/**
 * The values of a query as named parameters.
 *
 * @throws DatasetsError QUERY_INVALID for a parameter without a value, a value without a parameter, and a snapshot that the query does not use
 */
export function queryParameters({ query, parameters, offered, snapshot }: WarehouseQuery): readonly QueryParameter[] {
  const wanted = parameterNames(query.text);
  const used = Object.entries(offered).filter(([name]) => wanted.has(name) && !hasName(parameters, name));
  const values: Record<string, SqlParameter> = { ...Object.fromEntries(used), ...parameters };
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
  return [...given.values()].map(({ name, value }) => ({ name, ...parameterOf(typedValue(value)) }));
}

/** GoogleSQL does not tell `@Since` from `@since`. */
function hasName(parameters: object, name: string): boolean {
  return Object.keys(parameters).some((given) => given.toLowerCase() === name);
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
  const hint = missingPeriodHint(name, '@') ?? `${question}Give it one: params: { ${name}: … }.`;
  return refusedQuery(query, `the parameter @${name} has no value`, hint, name);
}

type Typed = Omit<QueryParameter, 'name'>;

/** BigQuery's names of types. */
const names: Readonly<Record<TypedScalar['kind'], string>> = {
  null: 'STRING',
  string: 'STRING',
  bool: 'BOOL',
  int64: 'INT64',
  float64: 'FLOAT64',
  decimal: 'NUMERIC',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  bytes: 'BYTES',
};

/** Nothing goes through a number that can't hold it. */
function parameterOf(typed: TypedValue): Typed {
  switch (typed.kind) {
    case 'array':
      return {
        parameterType: { type: 'ARRAY', arrayType: parameterOf(typed.of).parameterType },
        parameterValue: { arrayValues: typed.items.map((item) => parameterOf(item).parameterValue) },
      };
    case 'struct': {
      const fields = typed.fields.map(([name, field]) => ({ name, ...parameterOf(field) }));
      return {
        parameterType: { type: 'STRUCT', structTypes: fields.map(({ name, parameterType: type }) => ({ name, type })) },
        parameterValue: {
          structValues: Object.fromEntries(fields.map(({ name, parameterValue }) => [name, parameterValue])),
        },
      };
    }
    default:
      return { parameterType: { type: typeOf(typed) }, parameterValue: { value: textOf(typed) } };
  }
}

/** NUMERIC has 29 digits before and 9 after the point, BIGNUMERIC 38 and 38. */
function typeOf({ kind, value }: TypedScalar): string {
  const isSmall = typeof value !== 'string' || /^-?\d{1,29}(?:\.\d{1,9})?$/.test(value);
  return kind === 'decimal' && !isSmall ? 'BIGNUMERIC' : names[kind];
}

function textOf({ value }: TypedScalar): string | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return Object.is(value, -0) ? '-0.0' : String(value);
}
