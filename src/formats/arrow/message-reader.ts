import { DatasetsError } from '../../core/errors/index.js';
import type { ArrowType, Field } from './field.js';
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
  | { readonly kind: 'other'; readonly bodyBytes: number };

export interface RecordBatchHead {
  readonly rows: number;
  /** Length and null count of each array, parents before children. */
  readonly nodes: readonly (readonly [number, number])[];
  /** Offset in the body and length of each buffer. */
  readonly buffers: readonly (readonly [number, number])[];
  /** Name of the codec of the buffers. */
  readonly compression: 'lz4' | 'zstd' | undefined;
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
      fields: new FieldReader(metadata.length).fields(header, 1),
      metadata: readMetadata(header),
      bodyBytes,
    };
  }
  if (header !== undefined && message.int8(1) === headerTypes.recordBatch) {
    const compression = header.table(3);
    return {
      kind: 'recordBatch',
      bodyBytes,
      rows: header.int64(0),
      nodes: header.pairs(1),
      buffers: header.pairs(2),
      compression: compression === undefined ? undefined : compression.int8(0) === 0 ? 'lz4' : 'zstd',
    };
  }
  return { kind: 'other', bodyBytes };
}

function readMetadata(schema: FlatTableReader): ReadonlyMap<string, string> {
  return new Map(schema.tables(2).map((pair) => [pair.string(0) ?? '', pair.string(1) ?? '']));
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
    // In a record batch a dictionary column is its indices; its values' own children lie in the dictionary.
    if (table.table(4) !== undefined) return { name, type: dictionaryType, children: [] };
    return { name, type: readType(table), children: this.fields(table, 5) };
  }
}

const dictionaryType: ArrowType = { kind: 'other', name: 'dictionary', layout: { buffers: 2 } };

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
  return { kind: 'other', name: other?.name ?? `type ${id}`, layout: other };
}
