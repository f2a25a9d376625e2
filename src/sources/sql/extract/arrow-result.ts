import { absolutePath, type LocalLocation } from '../../files/location.js';
import { malformedFile } from '../../malformed.js';
import type { GivenExtract } from '../../retention.js';
import type { SourceBatch, SourceContext, SourceShard } from '../../source.js';
import type { SqlChoices } from '../sql-types.js';
import type { WarehouseQuery } from '../warehouse.js';
import { arrowMessages } from './arrow-messages.js';
import { streamRows } from './stream-rows.js';

type ArrowPart = {
  readonly result: 'arrow';
  readonly location: LocalLocation;
  readonly query: string;
  /** Of the file: another result is other work. */
  readonly digest: string;
  readonly types: WarehouseQuery['types'];
  /** Rows of the result in the files before this one. */
  readonly firstRow: number;
};

/** Each file of an extract, which was a stream of the warehouse, is a source shard. */
export function arrowShards({ files }: GivenExtract, { query, types }: WarehouseQuery): readonly SourceShard[] {
  let firstRow = 0;
  return files.map(({ path, bytes, sha256, rows }): SourceShard => {
    const place = { in: 'staged', path } as const;
    const data: ArrowPart = { result: 'arrow', location: place, query: query.name, digest: sha256, types, firstRow };
    const id = `${query.name} rows ${firstRow}-${firstRow + rows}`;
    firstRow += rows;
    return { id, data, bytes, rows };
  });
}

export async function* readArrow(
  shard: SourceShard,
  choices: SqlChoices,
  context: SourceContext,
): AsyncGenerator<SourceBatch<object>, void, undefined> {
  const { location, query, types, firstRow } = shard.data as ArrowPart;
  const messages = arrowMessages(absolutePath(location, context), query);
  const { value: schema } = await messages.next();
  if (schema === undefined) throw malformedFile(query, 'holds no schema', { hint: 'Run the query again.' });
  const place = (row: number) => `${query} row ${firstRow + row + 1} of its result`;
  yield* streamRows(batchesOf(messages), { schema, types, choices, place, rules: context });
}

async function* batchesOf(messages: AsyncIterable<Uint8Array>): AsyncGenerator<{ readonly batch: Uint8Array }> {
  for await (const batch of messages) yield { batch };
}
