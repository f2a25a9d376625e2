import { DatasetsError } from '../../../core/errors/index.js';
import { shownFault, type ValueRules } from '../../malformed.js';
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
  rules: ValueRules,
): void {
  for (const [index, row] of batch.elements.entries()) {
    for (const column of columns) {
      const text = row[column];
      if (typeof text !== 'string') continue;
      row[column] = int64 === 'bigint' ? BigInt(text) : safeInteger(text, () => batch.position(index), column, rules);
    }
  }
}

function safeInteger(text: string, place: () => string, column: string, rules: ValueRules): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  const source = place();
  const what = `${column} is ${text}, which is too large to be held exactly by a number`;
  const reason = `an integer of ${column} is too large to be held exactly by a number`;
  throw new DatasetsError('SOURCE_MALFORMED', `${source}: ${shownFault(what, reason, rules)}`, {
    hint: "Read with { int64: 'bigint' } to get it exactly.",
    at: { source, field: column },
  });
}
