import { DatasetsError } from '../../core/errors/index.js';
import { type ArrowArray, bufferRanges, columnArray, hasKnownLayout } from './array.js';
import { loadDecompressBuffer } from './decompress-buffer.js';
import type { Field } from './field.js';
import { isArrowFile, readFooter } from './file-footer.js';
import type { RecordBatchHead } from './message-reader.js';
import { ArrowStreamReader, type LocatedMessage, type RangeSource } from './stream-reader.js';

/** Columns of a record batch. */
export interface IpcColumns {
  readonly rows: number;
  /** In the order asked for. */
  readonly arrays: readonly ArrowArray[];
}

/** Values of a dictionary, or of a part of it. */
export interface IpcDictionary extends IpcColumns {
  readonly id: number;
  /** The values are appended to those that came before. */
  readonly isDelta: boolean;
}

/** Reads chosen record batches of an Arrow IPC file or stream, of any types and compressed or not. Memory holds the columns asked for of one batch. */
export class IpcReader {
  readonly fields: readonly Field[];
  readonly #source: RangeSource;
  readonly #file: string;
  /** What the values of each dictionary are. */
  readonly #dictionaries: ReadonlyMap<number, Field>;

  private constructor(source: RangeSource, file: string, fields: readonly Field[]) {
    this.#source = source;
    this.#file = file;
    this.fields = fields;
    this.#dictionaries = dictionaryFields(fields);
  }

  /**
   * Reads the schema.
   *
   * @param file Named in errors.
   * @throws DatasetsError DATA_CORRUPT for what is no Arrow file or stream
   */
  static async open(source: RangeSource, file: string): Promise<IpcReader> {
    // Polars writes the schema at a file's start without its length.
    if (await isArrowFile(source)) return new IpcReader(source, file, (await readFooter(source, file)).fields);
    const first = await new ArrowStreamReader(source, file).next();
    if (first?.message.kind === 'schema') return new IpcReader(source, file, first.message.fields);
    throw new DatasetsError('DATA_CORRUPT', `${file}: an Arrow file or stream must start with its schema`, {
      hint: 'The file is damaged, or of another format.',
      at: { file, offset: 0 },
    });
  }

  /** The first column whose buffers don't follow from its type: those behind it can't be found. */
  get firstUnknown(): number | undefined {
    const index = this.fields.findIndex((field) => !hasKnownLayout(field));
    return index < 0 ? undefined : index;
  }

  /**
   * Reads columns of the record batch whose message begins at byte `start`.
   *
   * @param columns their indices
   * @throws DatasetsError DATA_CORRUPT
   */
  async read(start: number, columns: readonly number[]): Promise<IpcColumns> {
    const { message, body } = await this.#message(start);
    if (message.kind !== 'recordBatch') throw this.#corrupt(start, 'no record batch begins there');
    const arrays = await this.#columns(this.fields, columns, message, body);
    return { rows: message.rows, arrays };
  }

  /** Reads the dictionary batch whose message begins at byte `start`: an array of its values. */
  async readDictionary(start: number): Promise<IpcDictionary> {
    const { message, body } = await this.#message(start);
    if (message.kind !== 'dictionaryBatch') throw this.#corrupt(start, 'no dictionary batch begins there');
    const { id, isDelta, rows } = message;
    const field = this.#dictionaries.get(id);
    if (field === undefined) throw this.#corrupt(start, `a dictionary of no column (${id})`);
    return { id, isDelta, rows, arrays: await this.#columns([field], [0], message, body) };
  }

  async #message(start: number): Promise<LocatedMessage> {
    const located = await new ArrowStreamReader(this.#source, this.#file, start).next();
    if (located === undefined) throw this.#corrupt(start, 'no message begins there');
    return located;
  }

  async #columns(
    fields: readonly Field[],
    columns: readonly number[],
    head: RecordBatchHead,
    body: number,
  ): Promise<readonly ArrowArray[]> {
    const decompress = await loadDecompressBuffer(head.compression);
    try {
      const ranges = bufferRanges(fields, head);
      const wanted = columns.map((column) => {
        const range = ranges[column];
        if (range === undefined) throw new RangeError(`a column ${column} behind one of a type that isn't known`);
        return range;
      });
      const bytesOf = await this.#readBuffers(head, wanted, body);
      return columns.map((column) => {
        const array = columnArray(fields, column, head, (index) => decompress(bytesOf(index)));
        if (array.length === head.rows) return array;
        throw new RangeError(`a column of ${array.length} values for ${head.rows} rows`);
      });
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw this.#corrupt(body, `the record batch there has ${cause.message}`, cause);
    }
  }

  /** Reads ranges of a batch's buffers: those that lie near each other at once. */
  async #readBuffers(
    head: RecordBatchHead,
    wanted: readonly { readonly from: number; readonly to: number }[],
    body: number,
  ): Promise<(index: number) => Uint8Array> {
    const places = wanted.flatMap(({ from, to }) => head.buffers.slice(from, to));
    if (places.length < wanted.reduce((sum, { from, to }) => sum + to - from, 0))
      throw new RangeError('too few buffers');
    if (places.some(([offset, bytes]) => !(offset >= 0 && bytes >= 0 && body + offset + bytes <= this.#source.bytes)))
      throw new RangeError('a buffer outside the body');
    const spans: { readonly from: number; readonly bytes: Uint8Array }[] = [];
    for (const { from, to } of mergeSpans(places)) {
      // Memory of its own, from a multiple of 8 bytes on: columns are views of it.
      const memory = new Uint8Array(to - from);
      const bytes = await this.#source.read(body + from, memory.length, memory);
      if (bytes.length < memory.length) throw new RangeError('a body that is cut short');
      spans.push({ from, bytes });
    }
    return (index) => {
      const [offset, length] = head.buffers[index] ?? [0, 0];
      const span = spans.find(({ from, bytes }) => from <= offset && offset + length <= from + bytes.length);
      return span?.bytes.subarray(offset - span.from, offset - span.from + length) ?? new Uint8Array(0);
    };
  }

  #corrupt(offset: number, what: string, cause?: unknown): DatasetsError {
    return new DatasetsError('DATA_CORRUPT', `${this.#file}, byte ${offset}: ${what}`, {
      hint: 'The file is damaged: fetch or write it again.',
      at: { file: this.#file, offset },
      cause,
    });
  }
}

/** Less than this between two buffers is read with them: a request takes longer. */
const smallGapBytes = 256 << 10;

/** What to read for buffers: spans that begin at multiples of 8 bytes, as Arrow's buffers should. */
function mergeSpans(
  places: readonly (readonly [offset: number, bytes: number])[],
): readonly { readonly from: number; readonly to: number }[] {
  const spans: { from: number; to: number }[] = [];
  for (const [offset, bytes] of places.filter((place) => place[1] > 0).sort((a, b) => a[0] - b[0])) {
    const last = spans.at(-1);
    if (last !== undefined && offset - last.to <= smallGapBytes) last.to = Math.max(last.to, offset + bytes);
    else spans.push({ from: offset - (offset % 8), to: offset + bytes });
  }
  return spans;
}

/** What the values of each dictionary are, also of those inside of others. */
function dictionaryFields(fields: readonly Field[]): ReadonlyMap<number, Field> {
  const found = new Map<number, Field>();
  const visit = (field: Field): void => {
    const foreign = field.type.kind === 'other' ? field.type.foreign : undefined;
    if (foreign?.kind === 'dictionary') {
      found.set(foreign.id, foreign.values);
      visit(foreign.values);
    }
    for (const child of field.children) visit(child);
  };
  for (const field of fields) visit(field);
  return found;
}
