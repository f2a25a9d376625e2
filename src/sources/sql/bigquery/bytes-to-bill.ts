import type { SourceContext } from '../../source.js';
import type { WarehouseQuery } from '../warehouse.js';
import { askByDryRun } from './ask-by-dry-run.js';

const mebibyte = 2 ** 20;
/** https://cloud.google.com/bigquery/pricing: at least 10 MB for each table that a query reads, and for each query; rounded up to whole MB. */
const leastBytesOfTable = 10 * mebibyte;

/**
 * Most bytes that a query would be billed for now: a dry run says how many it processes, and not of which table, so it is taken that all but one of them are billed as small ones.
 *
 * @throws DatasetsError as a dry run does
 */
export function bytesToBill(asked: WarehouseQuery, context: SourceContext): Promise<number> {
  return askByDryRun(asked, context, async (_, { statistics }) => {
    const processed = statistics?.totalBytesProcessed ?? statistics?.query?.totalBytesProcessed ?? 0;
    const tables = statistics?.query?.referencedTables?.length ?? 1;
    if (processed === 0 && tables === 0) return 0;
    const largest = Math.max(leastBytesOfTable, Math.ceil(processed / mebibyte) * mebibyte);
    return largest + leastBytesOfTable * Math.max(0, tables - 1);
  });
}
