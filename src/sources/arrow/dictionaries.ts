import type { Field, IpcDictionary, IpcReader } from '../../formats/index.js';
import type { ReportValue, ValueChoices } from '../columnar/convert.js';
import type { ColumnValues } from '../row-factory.js';
import { slotDecoder } from './slot-decoder.js';

/** The dictionaries that some record batches need, decoded when they are first asked for: one may refer to another. Rows share their values. */
export class Dictionaries {
  readonly #reader: IpcReader;
  readonly #choices: ValueChoices;
  readonly #report: ReportValue;
  readonly #parts = new Map<number, readonly IpcDictionary[]>();
  readonly #values = new Map<number, ColumnValues>();

  constructor(reader: IpcReader, choices: ValueChoices, report: ReportValue) {
    this.#reader = reader;
    this.#choices = choices;
    this.#report = report;
  }

  /** Reads dictionary batches, in the order in which they are applied. */
  async read(starts: readonly number[]): Promise<void> {
    for (const start of starts) {
      const part = await this.#reader.readDictionary(start);
      this.#parts.set(part.id, part.isDelta ? [...(this.#parts.get(part.id) ?? []), part] : [part]);
    }
  }

  /** @throws RangeError for one that did not come */
  values(id: number): ColumnValues {
    const known = this.#values.get(id);
    if (known !== undefined) return known;
    const parts = this.#parts.get(id);
    if (parts === undefined) throw new RangeError(`no dictionary ${id}`);
    const decoded = parts.flatMap(({ arrays: [array], rows }) => {
      if (array === undefined) return [];
      return [...Array.prototype.slice.call(this.#decoder(array.field)(array, 0, rows, () => 0))];
    });
    this.#values.set(id, decoded);
    return decoded;
  }

  #decoder(field: Field) {
    return slotDecoder(field, {
      choices: this.#choices,
      report: (_, what, hint) => this.#report(0, `a value of the dictionary of ${field.name}: ${what}`, hint),
      dictionary: (id) => this.values(id),
    });
  }
}
