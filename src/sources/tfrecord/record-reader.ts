import { type AnyFeature, createDecoder, type ExampleDecoder, leavesOf } from '../../features/index.js';
import {
  type ColumnBuilder,
  createColumnBuilder,
  frameHeaderBytes,
  type RecordBlock,
  TFRecordReader,
} from '../../formats/index.js';
import { locationName } from '../files/location.js';
import type { BlockConsumer } from '../files/read-blocks.js';
import { batchElements, type SourceBatch } from '../source.js';
import { damagedRecord } from './damaged-record.js';
import type { RecordRange } from './split-records.js';

/** Makes elements of records `from .. to` of a block; what it throws is about the record that `at` names. */
export interface RecordParser<T> {
  /** The record that is being parsed. */
  readonly at: number;
  parse(block: RecordBlock, from: number, to: number): readonly T[];
}

/** Reads the records of a range, whose numbers it counts, and verifies their checksums. */
export class RecordBlockReader<T> implements BlockConsumer<SourceBatch<T>> {
  readonly #file: string;
  readonly #reader: TFRecordReader;
  readonly #parser: RecordParser<T>;
  /** Index in the file of the next record. */
  #record: number;

  constructor(range: RecordRange, parser: RecordParser<T>) {
    this.#file = locationName(range.file);
    this.#reader = new TFRecordReader({ file: this.#file, fileOffset: range.from });
    this.#parser = parser;
    this.#record = range.record;
  }

  *push(bytes: Buffer): Generator<SourceBatch<T>, void, undefined> {
    const blocks = this.#reader.push(bytes);
    for (let block = this.#next(blocks); block !== undefined; block = this.#next(blocks)) {
      for (let from = 0; from < block.count; from += batchElements) {
        yield this.#batch(block, from, Math.min(from + batchElements, block.count));
      }
    }
  }

  finish(): readonly SourceBatch<T>[] {
    try {
      this.#reader.finish();
      return [];
    } catch (error) {
      throw damagedRecord(error, this.#file, this.#record);
    }
  }

  #next(blocks: Generator<RecordBlock, void, undefined>): RecordBlock | undefined {
    try {
      return blocks.next().value ?? undefined;
    } catch (error) {
      throw damagedRecord(error, this.#file, this.#record);
    }
  }

  #batch(block: RecordBlock, from: number, to: number): SourceBatch<T> {
    const first = this.#record;
    try {
      const elements = this.#parser.parse(block, from, to);
      this.#record += to - from;
      return { elements, position: (index) => `${this.#file} record ${first + index}` };
    } catch (error) {
      const { at } = this.#parser;
      const offset = block.fileOffset + (block.starts[at] as number) - frameHeaderBytes;
      throw damagedRecord(error, this.#file, first + at - from, offset);
    }
  }
}

/** Records as they are. */
export const recordBytes: RecordParser<Uint8Array> = {
  at: 0,
  parse({ bytes, starts, ends }, from, to) {
    const records = new Array<Uint8Array>(to - from);
    // Copies: the block is overwritten by the next one.
    for (let i = from; i < to; i++) records[i - from] = new Uint8Array(bytes.subarray(starts[i], ends[i]));
    return records;
  },
};

/** Records as tf.Examples of a schema. */
export class ExampleRecords<T> implements RecordParser<T> {
  readonly #builder: ColumnBuilder;
  readonly #decoder: ExampleDecoder<unknown>;
  at = 0;

  constructor(schema: AnyFeature) {
    this.#builder = createColumnBuilder(leavesOf(schema));
    this.#decoder = createDecoder(schema);
  }

  parse({ bytes, starts, ends }: RecordBlock, from: number, to: number): readonly T[] {
    const builder = this.#builder;
    builder.reset();
    for (this.at = from; this.at < to; this.at++) {
      builder.appendExample(bytes, starts[this.at] as number, ends[this.at] as number);
    }
    this.at = from;
    const rows = this.#decoder.rows(builder.finish());
    const elements = new Array<T>(to - from);
    for (let row = 0; row < elements.length; row++) {
      this.at = from + row;
      // The declared fields say what a row is.
      elements[row] = rows.get(row) as T;
    }
    return elements;
  }
}
