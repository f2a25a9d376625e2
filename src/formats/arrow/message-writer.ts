import { DatasetsError } from '../../core/errors/index.js';
import type { ArrowType, Field } from './field.js';
import { type FlatTable, flat, writeFlatBuffer } from './flatbuffer-writer.js';
import { headerTypes, metadataVersion5, typeIds } from './message-format.js';

/** The message that starts a stream. */
export function schemaMessage(fields: readonly Field[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(metadata).map(([key, value]) => flat.table(flat.string(key), flat.string(value)));
  const schema = flat.table(
    flat.int16(0), // little-endian
    flat.vector(fields.map(fieldTable)),
    pairs.length === 0 ? undefined : flat.vector(pairs),
  );
  return message(headerTypes.schema, schema, 0);
}

/**
 * The head of a record batch.
 *
 * @param nodes Length and null count of each array, parents before children.
 * @param buffers Offset in the body and length of each buffer.
 */
export function recordBatchMessage(
  rows: number,
  nodes: readonly (readonly [number, number])[],
  buffers: readonly (readonly [number, number])[],
  bodyBytes: number,
): Uint8Array {
  const batch = flat.table(flat.int64(rows), flat.structs(nodes), flat.structs(buffers));
  return message(headerTypes.recordBatch, batch, bodyBytes);
}

/** What ends a stream: a message of no bytes. */
export const endOfStream: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** An encapsulated message: a continuation marker, the metadata's length, the metadata (a multiple of 8 bytes in all). */
function message(headerType: number, header: FlatTable, bodyBytes: number): Uint8Array {
  const metadata = writeFlatBuffer(
    flat.table(flat.int16(metadataVersion5), flat.int8(headerType), header, flat.int64(bodyBytes)),
  );
  const framed = new Uint8Array(8 + metadata.length);
  const view = new DataView(framed.buffer);
  view.setUint32(0, 0xffff_ffff, true);
  view.setUint32(4, metadata.length, true);
  framed.set(metadata, 8);
  return framed;
}

function fieldTable(field: Field): FlatTable {
  const { id, table } = typeTable(field.type);
  return flat.table(
    flat.string(field.name),
    flat.bool(true),
    flat.int8(id),
    table,
    undefined,
    flat.vector(field.children.map(fieldTable)),
  );
}

function typeTable(type: ArrowType): { readonly id: number; readonly table: FlatTable } {
  switch (type.kind) {
    case 'int':
      return { id: typeIds.int, table: flat.table(flat.int32(type.bits), flat.bool(type.signed)) };
    case 'float':
      return { id: typeIds.float, table: flat.table(flat.int16(type.bits === 16 ? 0 : type.bits === 32 ? 1 : 2)) };
    case 'fixedSizeList':
      return { id: typeIds.fixedSizeList, table: flat.table(flat.int32(type.length)) };
    case 'other':
      throw new DatasetsError('INTERNAL', `no Arrow type ${type.name} is ever written`);
    default:
      return { id: typeIds[type.kind], table: flat.table() };
  }
}
