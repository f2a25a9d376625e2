import { DatasetsError } from '../../../core/errors/index.js';
import { type ArrowArray, IpcReader } from '../../../formats/index.js';
import type { ReportValue, ValueChoices } from '../../columnar/convert.js';
import { shownFault, type ValueRules } from '../../malformed.js';
import { rowFactory } from '../../row-factory.js';
import { batchElements, type SourceBatch } from '../../source.js';
import type { SqlTypes } from '../sql-types.js';
import { columnDecoder } from './column-decoder.js';
import { MessageSource } from './message-source.js';

export interface StreamToRead {
  /** Arrow's message of the schema. */
  readonly schema: Uint8Array;
  readonly types: SqlTypes;
  readonly choices: ValueChoices;
  /** Names a row of the stream for messages, by its index. */
  place(row: number): string;
  readonly rules: ValueRules;
}

/** The rows of a stream of Arrow's record batches, in values: of one that is read now, or of one that was kept. */
export async function* streamRows(
  messages: AsyncIterable<{ readonly batch: Uint8Array }>,
  { schema, types, choices, place, rules }: StreamToRead,
): AsyncGenerator<SourceBatch<object>, void, undefined> {
  /** The stream's row that is the first of the record batch. */
  let first = 0;
  const source = new MessageSource(schema);
  const reader = await IpcReader.open(source, place(0));
  const decoders = reader.fields.map((field) => {
    const { name } = field;
    const declared = Object.hasOwn(types, name) ? types[name] : undefined;
    const report: ReportValue = (row, what, hint, reason) => {
      const at = place(first + row);
      const shown = shownFault(what, reason, rules);
      throw new DatasetsError('SOURCE_MALFORMED', `${at}: ${name}: ${shown}`, {
        hint,
        at: { source: at, field: name },
      });
    };
    return columnDecoder(field, declared, choices, report);
  });
  const all = decoders.map((_, column) => column);
  const makeRows = rowFactory(decoders.map(({ name }) => name));
  for await (const { batch } of messages) {
    source.put(batch);
    const { rows, arrays } = await reader.read(source.start, all);
    for (let from = 0; from < rows; from += batchElements) {
      const to = Math.min(from + batchElements, rows);
      const columns = decoders.map((decoder, i) => decoder.decode(arrays[i] as ArrowArray, from, to));
      const start = first + from;
      yield { elements: makeRows(columns, 0, to - from), position: (index) => place(start + index) };
    }
    first += rows;
  }
}
