import { RequestFailure } from '../../../storage/index.js';
import type { FieldFacts, FieldType } from '../../infer/field-facts.js';
import type { SourceContext } from '../../source.js';
import type { QueryFacts, QueryField } from '../infer-query.js';
import type { WarehouseQuery } from '../warehouse.js';
import { askByDryRun } from './ask-by-dry-run.js';
import { refuseStatement } from './pin-result.js';
import { type TableField, type TableReference, tablePath, tableResource } from './resources.js';
import type { BigQueryRest } from './rest.js';

/**
 * What a dry run says of a query's result, for nothing. A column without a description or policy tags there has those of the column of its name in the tables that the query reads.
 *
 * @throws DatasetsError QUERY_INVALID, SOURCE_NOT_FOUND, WAREHOUSE_DENIED, WAREHOUSE_FAILED, CREDENTIALS_MISSING, CONFIG_INVALID, PEER_MISSING
 */
export function describeQuery(asked: WarehouseQuery, context: SourceContext): Promise<QueryFacts> {
  return askByDryRun(asked, context, async (rest, { statistics }) => {
    const { statementType, schema, referencedTables = [] } = statistics?.query ?? {};
    refuseStatement(asked.query, statementType);
    const tables = await Promise.all(referencedTables.map((table) => fieldsOfTable(rest, table)));
    return { fields: (schema?.fields ?? []).map((field) => queryField(field, tables.flat())), rows: undefined };
  });
}

/** None where the credentials may not see them. */
async function fieldsOfTable(rest: BigQueryRest, table: TableReference): Promise<readonly TableField[]> {
  try {
    const found = await rest.call({ method: 'GET', path: tablePath(table), project: table.projectId }, tableResource);
    return found.schema?.fields ?? [];
  } catch (error) {
    if (error instanceof RequestFailure && (error.status === 403 || error.status === 404)) return [];
    throw error;
  }
}

function queryField(field: TableField, read: readonly TableField[]): QueryField {
  const same = read.filter(({ name }) => name.toLowerCase() === field.name.toLowerCase());
  const described = new Set(same.flatMap(({ description }) => description ?? []));
  // Columns of one name in two tables may mean two things.
  const description = field.description ?? (described.size === 1 ? [...described][0] : undefined);
  const policyTags = [...new Set([field, ...same].flatMap(({ policyTags: tags }) => tags?.names ?? []))].sort();
  return {
    facts: factsOf(field),
    ...(description !== undefined && description.trim() !== '' && { description }),
    ...(policyTags.length > 0 && { policyTags: policyTags.map(idOf) }),
  };
}

/** `projects/…/locations/…/taxonomies/1/policyTags/2` */
function idOf(policyTag: string): string {
  return policyTag.slice(policyTag.lastIndexOf('/') + 1);
}

function factsOf(field: TableField): FieldFacts {
  const isList = field.mode === 'REPEATED';
  const isDecimal = field.type === 'NUMERIC' || field.type === 'BIGNUMERIC';
  const element: FieldFacts = {
    name: isList ? 'element' : field.name,
    type: typeOf(field),
    ...(isDecimal && { dtype: 'decimal' }),
    // An array has no NULL in it once it is stored.
    optional: !isList && field.mode !== 'REQUIRED',
    rows: 0,
    missing: 0,
  };
  if (!isList) return element;
  return {
    ...element,
    name: field.name,
    type: { kind: 'list', element, lengths: { minimum: 0, maximum: 0 } },
  };
}

/** What `sql()` gives for a type of BigQuery. */
function typeOf({ type, fields }: TableField): FieldType {
  switch (type) {
    case 'BOOLEAN':
    case 'BOOL':
      return { kind: 'bool' };
    case 'INTEGER':
    case 'INT64':
    case 'TIME':
      return { kind: 'int64' };
    case 'FLOAT':
    case 'FLOAT64':
      return { kind: 'float64' };
    case 'NUMERIC':
    case 'BIGNUMERIC':
    case 'STRING':
    case 'JSON':
    case 'GEOGRAPHY':
      return { kind: 'string' };
    case 'BYTES':
      return { kind: 'bytes' };
    case 'DATE':
      return { kind: 'date' };
    case 'TIMESTAMP':
    case 'DATETIME':
      return { kind: 'timestamp', unit: 'us' };
    case 'RECORD':
    case 'STRUCT':
      return { kind: 'struct', fields: (fields ?? []).map(factsOf) };
    default:
      return { kind: 'unsupported', reason: `${type} has no exact value here: cast it in the query` };
  }
}
