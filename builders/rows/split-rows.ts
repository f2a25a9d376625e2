import { column, DatasetsError, type Feature, type InputOf, type Key, type Keyed } from '../../src/index.js';
import type { RowLayout, SplitsByColumn } from './row-layout.js';
import type { Row, RowMapping } from './row-mapping.js';

/** The splits that a layout makes of all rows of a data set, as examples. */
export function splitRows<F extends Feature<never, unknown>>(
  rows: Keyed<Key, Row>,
  { key, splits }: Pick<RowLayout<F>, 'key' | 'splits'>,
  mapping: RowMapping<F>,
): Readonly<Record<string, Keyed<Key, InputOf<F>>>> {
  if (splits === undefined) return { train: toExamples(rows, mapping) };
  if ('column' in splits) return splitByColumn(rows, splits, mapping);
  const { fractions, by = key } = splits;
  // A value that can't be a key is refused by the split. Without a column that is the key, it is the row's place.
  const dealt = rows.splitBy(by === undefined ? (_, place) => place : (column(by) as (row: Row) => Key), fractions);
  return Object.fromEntries(Object.entries(dealt).map(([name, part]) => [name, toExamples(part, mapping)]));
}

/** The compiler cannot know that an example, whose type it does not know, is no promise. */
export function toExamples<F extends Feature<never, unknown>>(
  rows: Keyed<Key, Row>,
  mapping: RowMapping<F>,
): Keyed<Key, InputOf<F>> {
  return rows.mapValues(mapping.example) as Keyed<Key, InputOf<F>>;
}

function splitByColumn<F extends Feature<never, unknown>>(
  rows: Keyed<Key, Row>,
  { column, names }: SplitsByColumn,
  mapping: RowMapping<F>,
): Readonly<Record<string, Keyed<Key, InputOf<F>>>> {
  const isPrivate = mapping.isPrivate(column);
  const splitOf = (row: Row): string => {
    const name = names.find((each) => each === row[column]);
    if (name !== undefined) return name;
    const held = isPrivate ? 'a value that' : `${JSON.stringify(String(row[column]))}, which`;
    throw new DatasetsError(
      'SOURCE_MALFORMED',
      `the column ${column} says which split a row is of, and holds ${held} is none`,
      {
        hint: `The splits are: ${names.join(', ')}.`,
        at: { field: column },
      },
    );
  };
  return Object.fromEntries(
    names.map((name) => [
      name,
      toExamples(
        rows.filter(([, row]) => splitOf(row) === name),
        mapping,
      ),
    ]),
  );
}
