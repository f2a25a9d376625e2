import { DatasetsError } from '../../core/errors/index.js';
import type { ColumnBatch } from '../../features/index.js';
import type { BatchPlace, BatchReader } from '../batch-reader.js';
import type { ArrowSchema } from './arrow-writer.js';
import { BatchDecoder } from './batch-decoder.js';
import type { Field } from './field.js';
import type { RecordBatchHead } from './message-reader.js';
import { ArrowStreamReader, type LocatedMessage, type RangeSource } from './stream-reader.js';

/** A record batch of a file, not yet read: finding it takes one small read, where it was not seen before. */
export interface ArrowBatchPlace extends BatchPlace {
  readonly head: RecordBatchHead;
  /** Byte offset of its body in the file. */
  readonly body: number;
}

/**
 * Opens an Arrow IPC stream, written by this package or another, message by message.
 *
 * Columns are found by name and may be in any order; list, fixed-size list and the large variants stand for one another where the lengths
 * allow; everything else must match the features.
 *
 * @param source The file's bytes; memory is bounded by its largest record batch.
 * @param file Named in errors.
 * @throws DatasetsError `DATA_CORRUPT` for what is not a whole Arrow stream of these features, `UNSUPPORTED` for compressed batches.
 * @example
 * for await (const batch of await openArrow(await storage.open(path), schema, path)) use(batch);
 */
export async function openArrow(
  source: RangeSource,
  schema: Pick<ArrowSchema, 'root' | 'leaves'>,
  file: string,
): Promise<BatchReader<ArrowBatchPlace>> {
  const first = await new ArrowStreamReader(source, file).next();
  if (first === undefined || first.message.kind !== 'schema') {
    throw new DatasetsError('DATA_CORRUPT', `${file}: an Arrow stream must start with its schema`, {
      hint: 'The file is damaged, or no Arrow stream. Restore it or build the version again.',
      at: { file, offset: 0 },
    });
  }
  const { fields, metadata } = first.message;
  return new IpcStreamReader(source, schema, file, fields, metadata, first.end);
}

class IpcStreamReader implements BatchReader<ArrowBatchPlace> {
  readonly metadata: ReadonlyMap<string, string>;
  readonly #source: RangeSource;
  readonly #file: string;
  readonly #decoder: BatchDecoder;
  readonly #places: ArrowBatchPlace[] = [];
  /** Byte offset of the first message that is not in `#places` yet; undefined when all are. */
  #unseen: number | undefined;

  constructor(
    source: RangeSource,
    { root, leaves }: Pick<ArrowSchema, 'root' | 'leaves'>,
    file: string,
    fields: readonly Field[],
    metadata: ReadonlyMap<string, string>,
    position: number,
  ) {
    this.#source = source;
    this.#file = file;
    this.metadata = metadata;
    this.#decoder = new BatchDecoder(root, leaves, fields, file);
    this.#unseen = position;
  }

  async *places(): AsyncGenerator<ArrowBatchPlace, void, undefined> {
    for (let i = 0; ; i++) {
      while (i >= this.#places.length && this.#unseen !== undefined) await this.#findNext(this.#unseen);
      const place = this.#places[i];
      if (place === undefined) return;
      yield place;
    }
  }

  async #findNext(position: number): Promise<void> {
    const located = await new ArrowStreamReader(this.#source, this.#file, position).next();
    this.#unseen = located?.end;
    if (located === undefined) return;
    // Dictionaries belong to columns that are of no use here: the decoder refuses them when they are asked for.
    if (located.message.kind === 'recordBatch') this.#remember(located, located.message);
  }

  #remember({ body, end }: LocatedMessage, head: RecordBatchHead): void {
    const last = this.#places.at(-1);
    const firstRow = last === undefined ? 0 : last.firstRow + last.rows;
    this.#places.push({ firstRow, rows: head.rows, bytes: end - body, head, body });
  }

  async read({ head, body, bytes: length }: ArrowBatchPlace): Promise<ColumnBatch> {
    const at = { file: this.#file, offset: body };
    if (head.compression !== undefined) {
      throw new DatasetsError('UNSUPPORTED', `${this.#file}: a record batch is compressed with ${head.compression}`, {
        hint: 'Write the file again without compression: only then can it be mapped into memory.',
        at,
      });
    }
    const bytes = await this.#source.read(body, length, new Uint8Array(length));
    try {
      return this.#decoder.decode(head, bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes));
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new DatasetsError(
        'DATA_CORRUPT',
        `${this.#file}: the record batch at byte ${body} is damaged: it has ${cause.message}`,
        {
          hint: 'The file changed after it was written. Restore it or build the version again.',
          at,
          cause,
        },
      );
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ColumnBatch, void, undefined> {
    for await (const place of this.places()) yield await this.read(place);
  }
}
