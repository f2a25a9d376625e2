import type { Table } from 'apache-arrow';
import type { ColumnBatch } from '../../features/index.js';
import { type ArrowSchema, createArrowWriter } from './arrow-writer.js';

/**
 * Column batches as a table of the `apache-arrow` package, which is imported now (0.1 s).
 *
 * @param batches Held in memory as a whole.
 * @example (await toArrowTable([batch], schema)).getChild('delay')
 */
export async function toArrowTable(
  batches: Iterable<ColumnBatch> | AsyncIterable<ColumnBatch>,
  schema: ArrowSchema,
): Promise<Table> {
  const { tableFromIPC } = await import('apache-arrow');
  const chunks: Uint8Array[] = [];
  const writer = createArrowWriter(schema, (chunk) => chunks.push(chunk.slice()));
  for await (const batch of batches) writer.write(batch);
  writer.close();
  return tableFromIPC(Buffer.concat(chunks));
}
