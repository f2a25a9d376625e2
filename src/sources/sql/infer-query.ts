import type { FieldFacts } from '../infer/field-facts.js';
import type { SourceContext } from '../source.js';
import { checkParameters } from './parameters.js';
import { periodParameters } from './period-parameters.js';
import { readQuery, type SqlQuery } from './query.js';
import type { SqlOptions } from './sql.js';
import { warehouseNameOf, warehouseOf } from './warehouse.js';

/** A column of a query's result. */
export interface QueryField {
  readonly facts: FieldFacts;
  /** What the warehouse says of the column. */
  readonly description?: string;
  /** What marks it as restricted there: the ids of policy tags. */
  readonly policyTags?: readonly string[];
}

/** What is known of a query's result. */
export interface QueryFacts {
  readonly fields: readonly QueryField[];
  /** How many rows it has; undefined where the query was not run, and the warehouse's word is all that is known. Then `rows` and `missing` of the fields are 0. */
  readonly rows: number | undefined;
}

/**
 * The columns of a query's result: from every row of it where it runs here (DuckDB), from a dry run where it costs money (BigQuery), which knows types, descriptions and policy tags.
 *
 * @throws DatasetsError what `sql()` throws while splitting
 * @example
 * ```ts
 * const { fields } = await inferQuery('SELECT 1 AS one', {}, { baseDirectory: process.cwd(), stagingDirectory });
 * ```
 */
export async function inferQuery(
  query: SqlQuery,
  { params = {}, tables = {}, snapshot }: Pick<SqlOptions, 'params' | 'tables' | 'snapshot'>,
  context: SourceContext,
): Promise<QueryFacts> {
  const text = await readQuery(query, warehouseNameOf(context), context);
  return (await warehouseOf(context)).describe(
    {
      query: text,
      parameters: checkParameters(params),
      offered: periodParameters(context.period),
      tables,
      types: {},
      choices: { int64: 'bigint', timestamps: 'integer' },
      snapshot,
    },
    context,
  );
}
