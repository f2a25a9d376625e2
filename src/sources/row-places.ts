import { DatasetsError } from '../core/errors/index.js';
import type { Json } from '../core/json/index.js';
import type { RowPlace, Source, SourceBatch, SourceContext, SourceShard } from './source.js';

/** An element with the place where it lies. */
export interface PlacedRow<T> extends RowPlace {
  readonly value: T;
}

/** The place travels with the shard, since a worker knows nothing of the shards before it. */
type PlacedShard = { readonly shard: Json; readonly path: string; readonly row: number };

/**
 * Gives each element of a source of files the path of its file and its index there, for rows that nothing else identifies.
 *
 * Only formats that count their rows can tell (Parquet), and text files that are read whole: a `rangeBytes` that no file reaches.
 *
 * @throws DatasetsError while splitting: UNSUPPORTED for a file whose rows are read in ranges of bytes
 * @example
 * ```ts
 * const lines = p.read(withPlaces(csv<{ comment: string }>('comments-*.csv', { rangeBytes: Number.MAX_SAFE_INTEGER })));
 * return { train: lines.keyBy(({ path, row }) => `${path}/${row}`).mapValues(({ value }) => value) };
 * ```
 */
export function withPlaces<T>(source: Source<T>): Source<PlacedRow<T>> {
  // All that it is, but for the type of its elements.
  const rest: Pick<Source<T>, 'kind' | 'description' | 'remote' | 'stamp' | 'state' | 'maxBadRows'> = source;
  return {
    ...rest,
    split: async (context) => (await source.split(context)).map((shard) => placed(shard, source.description)),
    read(shard, context) {
      // Made by `placed` alone, so the shape is known.
      const data = shard.data as PlacedShard;
      return readPlaced(source, { ...shard, data: data.shard }, data, context);
    },
  };
}

function placed(shard: SourceShard, description: string): SourceShard {
  const { origin } = shard;
  if (origin !== undefined) {
    const data: PlacedShard = { shard: shard.data, path: origin.path, row: origin.row };
    return { ...shard, data };
  }
  throw new DatasetsError(
    'UNSUPPORTED',
    `the rows of ${description} have no numbers: ${shard.id} begins somewhere in its file`,
    {
      hint: 'Read whole files: { rangeBytes: Number.MAX_SAFE_INTEGER }. Or key the rows by a column.',
      at: { source: shard.id },
    },
  );
}

async function* readPlaced<T>(
  source: Source<T>,
  shard: SourceShard,
  { path, row }: PlacedShard,
  context: SourceContext,
): AsyncGenerator<SourceBatch<PlacedRow<T>>, void, undefined> {
  let next = row;
  for await (const batch of source.read(shard, context)) {
    const start = next;
    next += batch.elements.length;
    yield {
      elements: batch.elements.map((value, index) => ({ path, row: start + index, value })),
      position: (index) => batch.position(index),
    };
  }
}
