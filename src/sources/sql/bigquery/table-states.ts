import { RequestFailure } from '../../../storage/index.js';
import type { SourceState } from '../../source.js';
import { type Table, type TableReference, tableName, tablePath, tableResource } from './resources.js';
import type { BigQueryRest } from './rest.js';

/** Undefined where there is none. @throws RequestFailure */
export async function findTable(rest: BigQueryRest, table: TableReference): Promise<Table | undefined> {
  try {
    return await rest.call({ method: 'GET', path: tablePath(table), project: table.projectId }, tableResource);
  } catch (error) {
    if (error instanceof RequestFailure && error.status === 404) return undefined;
    throw error;
  }
}

/** Tables that were read. Of one whose description the credentials may not see, and of a wildcard (`logs_*`), the name alone is known. */
export async function tableStates(rest: BigQueryRest, tables: readonly TableReference[]): Promise<SourceState[]> {
  const inputs: SourceState[] = [];
  for (const table of tables) {
    const uri = `bigquery:${tableName(table)}`;
    // Of tables that a wildcard names there is nothing to ask for; the result is pinned all the same.
    if (table.tableId.endsWith('*')) {
      inputs.push({ uri });
      continue;
    }
    try {
      const found = await findTable(rest, table);
      inputs.push({ uri, ...(found !== undefined && stateOf(found)) });
    } catch (error) {
      if (!(error instanceof RequestFailure) || error.status !== 403) throw error;
      inputs.push({ uri });
    }
  }
  return inputs.sort((a, b) => (a.uri < b.uri ? -1 : 1));
}

function stateOf({ numBytes, lastModifiedTime }: Table): Omit<SourceState, 'uri'> {
  const modified = lastModifiedTime === undefined ? undefined : new Date(lastModifiedTime).toISOString();
  return {
    ...(numBytes !== undefined && { bytes: numBytes }),
    ...(modified !== undefined && { modified, digest: `modified:${modified}` }),
  };
}
