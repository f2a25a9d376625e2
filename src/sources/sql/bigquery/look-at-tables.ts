import type { SourceContext, SourceState } from '../../source.js';
import type { WarehouseQuery } from '../warehouse.js';
import { askByDryRun } from './ask-by-dry-run.js';
import { tableStates } from './table-states.js';

/**
 * The tables that a query would read, as they are now: a dry run names them, for nothing.
 *
 * @throws DatasetsError QUERY_INVALID, SOURCE_NOT_FOUND, WAREHOUSE_DENIED, WAREHOUSE_FAILED, CREDENTIALS_MISSING, CONFIG_INVALID, PEER_MISSING
 */
export function lookAtTables(asked: WarehouseQuery, context: SourceContext): Promise<readonly SourceState[]> {
  return askByDryRun(asked, context, (rest, { statistics }) =>
    tableStates(rest, statistics?.query?.referencedTables ?? []),
  );
}
