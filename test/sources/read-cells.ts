import { type CellBatch, cellTags } from '../../src/features/index.js';
import { columnsReader, hasCells, type Source, type SourceContext } from '../../src/sources/index.js';
import { readAll } from './read-all.js';

/** What is read of some columns: each row as its values, in the order of the columns. */
export interface CellContent {
  readonly rows: readonly (readonly unknown[])[];
  /** How many of them came as cells. */
  readonly cells: number;
}

/** Everything that a source gives of some columns, as a build reads it whose functions say which columns they take. */
export async function readCells(
  source: Source<object>,
  columns: readonly string[],
  context: SourceContext,
): Promise<CellContent> {
  const readColumns = columnsReader(source);
  if (readColumns === undefined) throw new RangeError(`${source.kind} has no cells`);
  const rows: (readonly unknown[])[] = [];
  let cells = 0;
  for (const shard of JSON.parse(JSON.stringify(await source.split(context)))) {
    for await (const batch of readColumns(shard, context, columns)) {
      if (hasCells(batch)) {
        cells += batch.rows;
        for (let row = 0; row < batch.rows; row++) rows.push(columns.map((_, i) => cellOf(batch, i, row)));
      } else rows.push(...batch.elements.map((element) => valuesOf(element as object, columns)));
    }
  }
  return { rows, cells };
}

/** What comes out of reading columns of elements and of cells: the values, or the message of the error. */
export async function readBothWays(source: Source<object>, columns: readonly string[], context: SourceContext) {
  const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
  const elements = await readAll(source, context).then(
    (read) => ({ rows: read.elements.map((element) => valuesOf(element, columns)) }),
    (error) => ({ failure: messageOf(error) }),
  );
  const cells = await readCells(source, columns, context).then(
    ({ rows, cells }) => ({ content: { rows }, cells }),
    (error) => ({ content: { failure: messageOf(error) }, cells: 0 }),
  );
  return { elements, ...cells };
}

/** The same columns of an element. */
export function valuesOf(element: object, columns: readonly string[]): readonly unknown[] {
  return columns.map((name) => (element as Record<string, unknown>)[name]);
}

function cellOf(batch: CellBatch, index: number, row: number): unknown {
  const column = batch.columns[index];
  if (column === undefined) throw new RangeError(`there is no column ${index}`);
  const textIn = (bytes: Uint8Array) =>
    Buffer.from(bytes.subarray(column.starts[row], column.ends[row])).toString('utf8');
  switch (column.tags[row]) {
    case cellTags.null:
      return null;
    case cellTags.missing:
      return undefined;
    case cellTags.number:
      return column.numbers[row];
    case cellTags.wide:
      return BigInt(column.numbers[row] ?? Number.NaN);
    case cellTags.text:
      return textIn(batch.bytes);
    case cellTags.sideText:
      return textIn(batch.side);
    case cellTags.false:
      return false;
    case cellTags.true:
      return true;
    default:
      throw new RangeError(`${column.tags[row]} is no tag`);
  }
}
