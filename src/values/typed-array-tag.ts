import { tag } from './value.js';

/** By the built-in name, so that a Buffer counts as a Uint8Array; undefined for a DataView and for array kinds that newer engines add. */
export function typedArrayTag(value: ArrayBufferView): number | undefined {
  switch ((value as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag]) {
    case 'Uint8Array':
      return tag.uint8;
    case 'Int8Array':
      return tag.int8;
    case 'Uint8ClampedArray':
      return tag.uint8Clamped;
    case 'Int16Array':
      return tag.int16;
    case 'Uint16Array':
      return tag.uint16;
    case 'Int32Array':
      return tag.int32Array;
    case 'Uint32Array':
      return tag.uint32;
    case 'Float32Array':
      return tag.float32;
    case 'Float64Array':
      return tag.float64Array;
    case 'BigInt64Array':
      return tag.bigInt64;
    case 'BigUint64Array':
      return tag.bigUint64;
    default:
      return undefined;
  }
}
