import { DatasetsError } from '../../../core/errors/index.js';
import type { SourceBatch } from '../../source.js';
import type { SqlChoices } from '../sql-types.js';

/**
 * Turns the texts of integers in a batch's own rows into the integers.
 *
 * @throws DatasetsError SOURCE_MALFORMED for one that the chosen type doesn't hold, naming its row
 */
export function integersOf(
  batch: SourceBatch<Record<string, unknown>>,
  columns: readonly string[],
  { int64 }: SqlChoices,
): void {
  for (const [index, row] of batch.elements.entries()) {
    for (const column of columns) {
      const text = row[column];
      if (typeof text !== 'string') continue;
      row[column] = int64 === 'bigint' ? BigInt(text) : safeInteger(text, () => batch.position(index), column);
    }
  }
}

function safeInteger(text: string, place: () => string, column: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  const source = place();
  throw new DatasetsError(
    'SOURCE_MALFORMED',
    `${source}: ${column} is ${text}, which is too large to be held exactly by a number`,
    { hint: "Read with { int64: 'bigint' } to get it exactly.", at: { source, field: column } },
  );
}
