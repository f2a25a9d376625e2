import { join } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import { absolutePath } from '../files/location.js';
import type { ExtractFile, GivenExtract, RetainedResult, RetentionRules, SourceExtract } from '../retention.js';
import type { SourceContext } from '../source.js';
import { chooseRetention, type RetentionOptions } from './choose-retention.js';
import { extractKey, givenExtract, givenFiles } from './extract/given-extract.js';
import { putFile } from './extract/put-file.js';
import { type Extracted, type KeptTable, type Warehouse, type WarehouseQuery, warehouseNameOf } from './warehouse.js';

/** A query that was read, and where it ran. */
export interface RetainedQuery {
  readonly asked: WarehouseQuery;
  readonly warehouse: Warehouse;
  /** Of the source, for messages. */
  readonly description: string;
  readonly options: RetentionOptions;
  /** States of the source: the query's own, and of what it read. */
  readonly uri: string;
  readonly inputs: readonly string[];
}

/**
 * Says before anything is read what can't be kept.
 *
 * @throws DatasetsError PRIVACY_POLICY_MISSING; UNSUPPORTED for what the warehouse can't do
 */
export function checkRetention(
  { warehouse, description, options }: Pick<RetainedQuery, 'warehouse' | 'description' | 'options'>,
  rules: RetentionRules,
  context: SourceContext,
): void {
  const { keep } = chooseRetention(description, options, rules);
  if (context.extracts !== undefined) return;
  const can = { extract: warehouse.extract, 'table-snapshot': warehouse.snapshotTable, none: true }[keep];
  // Without a choice of the author's, nothing is kept where nothing can be.
  if (can !== undefined || options.retain === undefined) return;
  const name = warehouseNameOf(context);
  throw new DatasetsError('UNSUPPORTED', `${description} is to be kept as retain: '${keep}', which ${name} can't do`, {
    hint:
      warehouse.extract === undefined
        ? "Write retain: 'none'."
        : "Write retain: 'extract', which keeps the result beside the version.",
    at: { source: description },
  });
}

/** Keeps the result of a query as its author and the rules say. */
export async function retainResult(
  query: RetainedQuery,
  rules: RetentionRules,
  directory: string,
  context: SourceContext,
): Promise<RetainedResult> {
  const { asked, warehouse, description, options } = query;
  const chosen = chooseRetention(description, options, rules);
  if (chosen.keep === 'none') return nothing(query, chosen.why, context);
  const given = givenExtract(asked, context);
  if (given?.format === 'table') return keptTable(query, given, context);
  if (given !== undefined) {
    const files = await putGiven(given, directory, context);
    return kept(query, { ...given, files }, context);
  }
  if (chosen.keep === 'table-snapshot') {
    const table = await warehouse.snapshotTable?.(asked, context);
    if (table === undefined) return nothing(query, `${warehouseNameOf(context)} keeps no tables`, context);
    return keptTable(query, table, context);
  }
  const extracted = await warehouse.extract?.(asked, { mostBytes: chosen.mostBytes, directory }, context);
  if (extracted === undefined) return nothing(query, `${warehouseNameOf(context)} gives no files`, context);
  if ('tooLargeBytes' in extracted) {
    const why = `its result has ${extracted.tooLargeBytes} bytes, more than maxRetainedBytes (${chosen.mostBytes})`;
    return nothing(query, why, context);
  }
  return kept(query, extracted, context);
}

function kept(
  { asked, uri, inputs, options }: RetainedQuery,
  { format, integers, files }: Exclude<Extracted, { readonly tooLargeBytes: number }>,
  context: SourceContext,
): RetainedResult {
  const reason = options.retainPrivate?.trim();
  const extract: SourceExtract = {
    of: extractKey(asked, context),
    format,
    integers,
    files,
    ...(reason && { privateReason: reason }),
  };
  return { uri, inputs, until: 'always', why: `the result of ${asked.query.name} is kept`, extract };
}

function keptTable(
  { asked, uri, inputs, options }: RetainedQuery,
  { table, expires }: KeptTable,
  context: SourceContext,
): RetainedResult {
  const reason = options.retainPrivate?.trim();
  const tableSnapshot = { of: extractKey(asked, context), table, expires, ...(reason && { privateReason: reason }) };
  return { uri, inputs, until: expires, why: `the result of ${asked.query.name} is kept as ${table}`, tableSnapshot };
}

async function nothing(
  { asked, warehouse, uri, inputs }: RetainedQuery,
  why: string,
  context: SourceContext,
): Promise<RetainedResult> {
  const { name } = asked.query;
  const until = await warehouse.sameUntil?.(asked, context);
  const again = until === undefined ? 'would read its tables as they are then' : 'gives the same until then';
  return { uri, inputs, until: until ?? 'never', why: `${name} ${again}, and nothing is kept of it: ${why}` };
}

/** What was read from an extract is kept as that extract. */
async function putGiven(
  given: GivenExtract,
  directory: string,
  context: SourceContext,
): Promise<readonly ExtractFile[]> {
  const files: ExtractFile[] = [];
  for (const [i, { location }] of givenFiles(given).entries()) {
    const file = given.files[i];
    if (file === undefined) continue;
    const path = join(directory, `${file.sha256}.${given.format}`);
    await putFile(absolutePath(location, context), path);
    files.push({ ...file, path });
  }
  return files;
}
