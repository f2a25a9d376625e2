import type { ColumnValues } from '../row-factory.js';
import type { IdxHeader } from './idx-header.js';

/** An item of more than one value, flat and in the file's (row-major) order. */
export type IdxArray = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** Items from their big-endian bytes, which are swapped in place; arrays are views of them. `bytes` must begin on an 8-byte boundary. */
export function idxItems(bytes: Buffer, header: IdxHeader): ColumnValues {
  const values = valuesOf(bytes, header);
  if (header.scalar) return values;
  const items = new Array<IdxArray>(values.length / Math.max(1, header.itemValues));
  for (let i = 0; i < items.length; i++) items[i] = values.subarray(i * header.itemValues, (i + 1) * header.itemValues);
  return items;
}

function valuesOf(bytes: Buffer, header: IdxHeader): IdxArray {
  if (header.valueBytes === 2) bytes.swap16();
  if (header.valueBytes === 4) bytes.swap32();
  if (header.valueBytes === 8) bytes.swap64();
  const length = bytes.length / header.valueBytes;
  switch (header.type) {
    case 'uint8':
      return new Uint8Array(bytes.buffer, bytes.byteOffset, length);
    case 'int8':
      return new Int8Array(bytes.buffer, bytes.byteOffset, length);
    case 'int16':
      return new Int16Array(bytes.buffer, bytes.byteOffset, length);
    case 'int32':
      return new Int32Array(bytes.buffer, bytes.byteOffset, length);
    case 'float32':
      return new Float32Array(bytes.buffer, bytes.byteOffset, length);
    case 'float64':
      return new Float64Array(bytes.buffer, bytes.byteOffset, length);
  }
}
