import { DatasetsError } from '../core/errors/index.js';
import { maxDepth, tag, type Value } from './value.js';

/** Remembers short strings by their bytes: object keys and categories come again and again, and making a string anew costs 45 ns. */
const cachedStrings: (string | undefined)[] = new Array(4096).fill(undefined);
const maxCachedBytes = 24;

/** Reads canonical encodings one after the other. What it returns never shares memory with `bytes`. */
export class ValueReader {
  /** Where the next value starts. */
  offset: number;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #end: number;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
    this.#end = end;
  }

  /** @throws DatasetsError DATA_CORRUPT when the bytes are no canonical encoding. */
  read(): Value {
    return this.#read(0);
  }

  #read(depth: number): Value {
    if (depth > maxDepth + 1) throw this.#corrupt(`nested more than ${maxDepth} deep`);
    const kind = this.#byte();
    switch (kind) {
      case tag.null:
        return null;
      case tag.false:
        return false;
      case tag.true:
        return true;
      case tag.int32: {
        const zigzag = this.#varint();
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
      case tag.float64:
        return this.#float64();
      case tag.bigint:
        return this.#bigint();
      case tag.string:
        return this.#string(this.#varint());
      case tag.date:
        return new Date(this.#float64());
      case tag.array:
        return this.#array(depth);
      case tag.object:
        return this.#object(depth);
      default:
        return this.#typedArray(kind);
    }
  }

  #byte(): number {
    if (this.offset >= this.#end) throw this.#corrupt('it ends in the middle of a value');
    return this.#bytes[this.offset++] as number;
  }

  #varint(): number {
    let byte = this.#byte();
    if (byte < 0x80) return byte;
    let result = byte & 0x7f;
    for (let scale = 0x80; ; scale *= 0x80) {
      byte = this.#byte();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
      if (scale > 2 ** 35) throw this.#corrupt('a length is too long');
    }
  }

  #take(count: number): number {
    const start = this.offset;
    if (count > this.#end - start) throw this.#corrupt('it ends in the middle of a value');
    this.offset = start + count;
    return start;
  }

  #float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  #bigint(): bigint {
    const header = this.#varint();
    const count = Math.floor(header / 2);
    const start = this.#take(count);
    const magnitude = count === 0 ? 0n : BigInt(`0x${this.#bytes.toString('hex', start, start + count)}`);
    return header % 2 === 1 ? -magnitude : magnitude;
  }

  #string(count: number): string {
    const start = this.#take(count);
    if (count === 0) return '';
    const bytes = this.#bytes;
    if (count > maxCachedBytes) return bytes.toString('utf8', start, start + count);
    let hash = count;
    let ascii = 0;
    for (let i = start; i < start + count; i++) {
      const byte = bytes[i] as number;
      hash = (Math.imul(hash, 31) + byte) | 0;
      ascii |= byte;
    }
    if (ascii >= 0x80) return bytes.toString('utf8', start, start + count);
    const slot = (hash ^ (hash >>> 12)) & 4095;
    const cached = cachedStrings[slot];
    if (cached !== undefined && cached.length === count && isAsciiAt(cached, bytes, start)) return cached;
    const text = bytes.toString('latin1', start, start + count);
    cachedStrings[slot] = text;
    return text;
  }

  #array(depth: number): Value[] {
    const count = this.#varint();
    if (count > this.#end - this.offset) throw this.#corrupt('an array is longer than the bytes that are left');
    const array: Value[] = [];
    for (let i = 0; i < count; i++) array.push(this.#read(depth + 1));
    return array;
  }

  #object(depth: number): { readonly [key: string]: Value } {
    const object: { [key: string]: Value } = {};
    for (let length = this.#varint(); length !== 0; length = this.#varint()) {
      const key = this.#string(length - 1);
      const value = this.#read(depth + 1);
      // Assigning to __proto__ would set the prototype instead of a property.
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      } else {
        object[key] = value;
      }
    }
    return object;
  }

  #typedArray(kind: number): Value {
    const make = typedArrays[kind];
    if (make === undefined) throw this.#corrupt(`there is no value with tag ${kind}`);
    const count = this.#varint();
    const start = this.#take(count);
    const buffer = new ArrayBuffer(count);
    new Uint8Array(buffer).set(this.#bytes.subarray(start, start + count));
    return make(buffer);
  }

  #corrupt(reason: string): DatasetsError {
    return new DatasetsError('DATA_CORRUPT', `an encoded value can't be read at byte ${this.offset}: ${reason}`, {
      hint: 'A temporary file was changed or cut short while the build ran. Run the build again.',
      at: { offset: this.offset },
    });
  }
}

function isAsciiAt(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

const typedArrays: { readonly [kind: number]: ((buffer: ArrayBuffer) => Value) | undefined } = {
  [tag.uint8]: (buffer) => new Uint8Array(buffer),
  [tag.int8]: (buffer) => new Int8Array(buffer),
  [tag.uint8Clamped]: (buffer) => new Uint8ClampedArray(buffer),
  [tag.int16]: (buffer) => new Int16Array(buffer),
  [tag.uint16]: (buffer) => new Uint16Array(buffer),
  [tag.int32Array]: (buffer) => new Int32Array(buffer),
  [tag.uint32]: (buffer) => new Uint32Array(buffer),
  [tag.float32]: (buffer) => new Float32Array(buffer),
  [tag.float64Array]: (buffer) => new Float64Array(buffer),
  [tag.bigInt64]: (buffer) => new BigInt64Array(buffer),
  [tag.bigUint64]: (buffer) => new BigUint64Array(buffer),
};
