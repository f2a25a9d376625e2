import { DatasetsError } from '../../core/errors/index.js';
import type { ArrowTimeUnit, ArrowType, Field, ForeignType } from './field.js';
import { FlatTableReader } from './flatbuffer-reader.js';
import { headerTypes, metadataVersion4, metadataVersion5, otherTypes, typeIds } from './message-format.js';

export type ArrowMessage =
  | {
      readonly kind: 'schema';
      readonly fields: readonly Field[];
      readonly metadata: ReadonlyMap<string, string>;
      readonly bodyBytes: number;
    }
  | ({ readonly kind: 'recordBatch'; readonly bodyBytes: number } & RecordBatchHead)
  /** The values of a dictionary; of a delta, values that are appended to those that came before. */
  | ({
      readonly kind: 'dictionaryBatch';
      readonly bodyBytes: number;
      readonly id: number;
      readonly isDelta: boolean;
    } & RecordBatchHead)
  | { readonly kind: 'other'; readonly bodyBytes: number };

export interface RecordBatchHead {
  readonly rows: number;
  /** Length and null count of each array, parents before children. */
  readonly nodes: readonly (readonly [number, number])[];
  /** Offset in the body and length of each buffer. */
  readonly buffers: readonly (readonly [number, number])[];
  /** Name of the codec of the buffers. */
  readonly compression: 'lz4' | 'zstd' | undefined;
  /** How many further buffers each column of views has. */
  readonly variadic: readonly number[];
}

/**
 * Reads the metadata of a message: the FlatBuffer behind the length.
 *
 * @throws RangeError when offsets lead out of it.
 */
export function readMessage(metadata: Uint8Array): ArrowMessage {
  const message = FlatTableReader.root(metadata);
  const version = message.int16(0);
  if (version !== metadataVersion4 && version !== metadataVersion5) {
    throw new DatasetsError('DATA_CORRUPT', `Arrow metadata of version ${version + 1} is not read`, {
      hint: 'Write the file again with a current Arrow library.',
    });
  }
  const header = message.table(2);
  const bodyBytes = message.int64(3);
  if (header !== undefined && message.int8(1) === headerTypes.schema) {
    return {
      kind: 'schema',
      fields: readFields(header, metadata.length),
      metadata: readMetadata(header),
      bodyBytes,
    };
  }
  if (header !== undefined && message.int8(1) === headerTypes.recordBatch) {
    return { kind: 'recordBatch', bodyBytes, ...readHead(header) };
  }
  const values = header !== undefined && message.int8(1) === headerTypes.dictionaryBatch ? header.table(1) : undefined;
  if (header !== undefined && values !== undefined) {
    return { kind: 'dictionaryBatch', bodyBytes, id: header.int64(0), isDelta: header.bool(2), ...readHead(values) };
  }
  return { kind: 'other', bodyBytes };
}

function readHead(batch: FlatTableReader): RecordBatchHead {
  const compression = batch.table(3);
  return {
    rows: batch.int64(0),
    nodes: batch.pairs(1),
    buffers: batch.pairs(2),
    compression: compression === undefined ? undefined : compression.int8(0) === 0 ? 'lz4' : 'zstd',
    variadic: batch.int64s(4),
  };
}

function readMetadata(schema: FlatTableReader): ReadonlyMap<string, string> {
  return new Map(schema.tables(2).map((pair) => [pair.string(0) ?? '', pair.string(1) ?? '']));
}

/** The fields of a schema (Schema.fbs) that lies in `bytes` bytes. */
export function readFields(schema: FlatTableReader, bytes: number): readonly Field[] {
  return new FieldReader(bytes).fields(schema, 1);
}

/** Offsets of a damaged schema may lead in circles: no more fields are read than its bytes can hold. */
class FieldReader {
  #left: number;

  constructor(metadataBytes: number) {
    this.#left = metadataBytes / 8;
  }

  fields(parent: FlatTableReader, slot: number): readonly Field[] {
    return parent.tables(slot).map((table) => this.#field(table));
  }

  #field(table: FlatTableReader): Field {
    if (this.#left-- < 0) throw new RangeError('more fields than the message can hold');
    const name = table.string(0) ?? '';
    const extension = table.tables(6).find((pair) => pair.string(0) === 'ARROW:extension:name');
    const field: Field = {
      name,
      type: readType(table),
      children: this.fields(table, 5),
      ...(extension === undefined ? {} : { extension: extension.string(1) ?? '' }),
    };
    const dictionary = table.table(4);
    // In a record batch a dictionary column is its indices; its values' own children lie in the dictionary.
    return dictionary === undefined ? field : { name, type: dictionaryType(dictionary, field), children: [] };
  }
}

function dictionaryType(encoding: FlatTableReader, values: Field): ArrowType {
  const type = encoding.table(1);
  const index = { bits: type?.int32(0) ?? 32, signed: type?.bool(1) ?? true };
  const foreign: ForeignType = { kind: 'dictionary', id: encoding.int64(0), index, values };
  return { kind: 'other', name: 'dictionary', layout: { buffers: 2 }, foreign };
}

const simpleTypes = new Map<number, ArrowType>(
  (['bool', 'utf8', 'binary', 'largeUtf8', 'largeBinary', 'list', 'largeList', 'struct'] as const).map((kind) => [
    typeIds[kind],
    { kind },
  ]),
);

function readType(field: FlatTableReader): ArrowType {
  const id = field.int8(2);
  const type = field.table(3);
  const simple = simpleTypes.get(id);
  if (simple !== undefined) return simple;
  if (type !== undefined && id === typeIds.int) {
    return { kind: 'int', bits: type.int32(0), signed: type.bool(1) };
  }
  if (type !== undefined && id === typeIds.float) return { kind: 'float', bits: 16 << type.int16(0) };
  if (type !== undefined && id === typeIds.fixedSizeList) return { kind: 'fixedSizeList', length: type.int32(0) };
  const other = otherTypes[id];
  const foreign = other === undefined ? undefined : readForeign(other.name, type);
  return {
    kind: 'other',
    name: other?.name ?? (id === typeIds.union ? 'union' : `type ${id}`),
    layout: other,
    ...(foreign === undefined ? {} : { foreign }),
  };
}

const timeUnits: readonly ArrowTimeUnit[] = ['s', 'ms', 'us', 'ns'];

function timeUnit(index: number): ArrowTimeUnit {
  const unit = timeUnits[index];
  if (unit === undefined) throw new RangeError('a unit of time that is not known');
  return unit;
}

/** Schema.fbs gives the defaults of the fields that are left out. */
function readForeign(name: string, type: FlatTableReader | undefined): ForeignType | undefined {
  switch (name) {
    case 'null':
      return { kind: 'null' };
    case 'map':
      return { kind: 'map' };
    case 'binary_view':
      return { kind: 'binaryView' };
    case 'string_view':
      return { kind: 'utf8View' };
    case 'fixed_size_binary':
      return { kind: 'fixedSizeBinary', bytes: type?.int32(0) ?? 0 };
    case 'decimal':
      return { kind: 'decimal', bits: type?.int32(2, 128) ?? 128, scale: type?.int32(1) ?? 0 };
    case 'date':
      return { kind: 'date', unit: (type?.int16(0, 1) ?? 1) === 0 ? 'day' : 'ms' };
    case 'time':
      return { kind: 'time', unit: timeUnit(type?.int16(0, 1) ?? 1), bits: type?.int32(1, 32) ?? 32 };
    case 'timestamp':
      return { kind: 'timestamp', unit: timeUnit(type?.int16(0) ?? 0) };
    case 'duration':
      return { kind: 'duration', unit: timeUnit(type?.int16(0, 1) ?? 1) };
  }
  return undefined;
}
