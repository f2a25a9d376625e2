import type { FieldFacts, Source, SourceContext } from '../../../sources/index.js';
import type { InferredKey } from './inferred-text.js';
import { uniqueColumns } from './unique-columns.js';

/** Names that columns of keys have, the surest first. */
const keyNames = [/^(?:id|key|uuid|guid)$/i, /(?:^|_)(?:id|key|uuid|guid)$/i, /(?:id|key)$/i];

/** Each costs the memory that its comparison takes. */
const mostCandidates = 3;

/**
 * Columns that may identify a row, the likeliest first: those whose names say so, and the first one.
 *
 * @param fields without those of personal data, which keys are better not made of
 * @param anyColumn whether others come after these
 */
export function keyCandidates(fields: readonly FieldFacts[], anyColumn = false): readonly string[] {
  return fields
    .filter(
      ({ type: { kind }, dtype, optional, distinct }) =>
        !optional && distinct === undefined && dtype !== 'decimal' && keyKinds.includes(kind),
    )
    .map((facts) => ({ name: facts.name, rank: rank(facts), isFirst: facts === fields[0] }))
    .filter(({ rank, isFirst }) => anyColumn || isFirst || rank < keyNames.length)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, mostCandidates)
    .map(({ name }) => name);
}

const keyKinds: readonly FieldFacts['type']['kind'][] = ['int64', 'uint64', 'string'];

function rank({ name }: FieldFacts): number {
  const found = keyNames.findIndex((pattern) => pattern.test(name));
  return found < 0 ? keyNames.length : found;
}

/** The column to take for the key: one of which it was seen that no two rows have the same value. */
export async function chooseKey(
  source: Source<Readonly<Record<string, unknown>>>,
  candidates: readonly string[],
  rows: number,
  context: SourceContext,
): Promise<InferredKey> {
  const unique = candidates.length === 0 ? [] : await uniqueColumns(source, candidates, context);
  const count = rows.toLocaleString('en');
  if (unique === undefined)
    return { column: undefined, reason: `There are too many rows (${count}) to see whether a column identifies each.` };
  const [column] = unique;
  if (column !== undefined)
    return {
      column,
      reason: `The key is ${column || 'the column without a name'}: it was seen to be unique in all ${count} rows.`,
    };
  return { column: undefined, reason: `No column was seen to identify each of the ${count} rows.` };
}
