import { createHash } from 'node:crypto';
import { basename, isAbsolute } from 'node:path';
import { DatasetsError } from '../../../core/errors/index.js';
import type { GivenExtract, GivenTable } from '../../retention.js';
import type { SourceContext } from '../../source.js';
import { digestOfParameters } from '../parameters.js';
import { declaredTables } from '../tables.js';
import type { WarehouseQuery } from '../warehouse.js';
import type { ParquetResult } from './parquet-result.js';

/**
 * What the result of a query depends on besides the content of its tables: an extract is of exactly this query, on any machine. sha256, lower-case hex.
 */
export function extractKey({ query, parameters, types, tables, part }: WarehouseQuery, context: SourceContext): string {
  const declared = Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1));
  const named = declaredTables(tables, context).map(([name, types, files]) => [name, types, files.map(portable)]);
  return createHash('sha256')
    .update(
      JSON.stringify([
        query.digest,
        digestOfParameters(parameters),
        declared,
        named,
        ...(part === undefined ? [] : [part]),
      ]),
    )
    .digest('hex');
}

/** Files that people fetched by hand lie elsewhere on every machine. */
function portable(file: string): string {
  return isAbsolute(file) ? basename(file) : file;
}

/**
 * The extract that is to be read in place of running a query, if there is one.
 *
 * @throws DatasetsError UNSUPPORTED where the query has none and may not run
 */
export function givenExtract(asked: WarehouseQuery, context: SourceContext): GivenExtract | GivenTable | undefined {
  if (context.extracts === undefined) return undefined;
  const { results, isAll } = context.extracts;
  const key = extractKey(asked, context);
  const [found, ...others] = results.filter(({ of }) => of === key);
  // Two that can't be told apart: the one may hold the rows of the other.
  if (found !== undefined && others.length === 0) return found;
  if (!isAll) return undefined;
  const { name } = asked.query;
  throw new DatasetsError('UNSUPPORTED', `the version retained no result of ${name} as it is now`, {
    hint: 'The query, a parameter, its types or its tables are others, or nothing was kept of it. Leave out --from-extract to run it.',
    at: { source: name },
  });
}

/** Where its files lie for whoever reads them. */
export function givenFiles({ files, integers }: GivenExtract): readonly ParquetResult[] {
  return files.map(({ path, bytes, sha256 }) => ({
    location: { in: 'staged', path },
    bytes,
    digest: sha256,
    integers,
  }));
}

/** What tells that it is the same. */
export function stampOfGiven(given: GivenExtract | GivenTable): string {
  return JSON.stringify([given.of, given.format === 'table' ? given.table : given.files.map(({ sha256 }) => sha256)]);
}
