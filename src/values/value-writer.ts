import { hasLoneSurrogate, ObjectShapes } from './object-shapes.js';
import { typedArrayTag } from './typed-array-tag.js';
import { unsupportedValue } from './unsupported.js';
import { maxDepth, tag } from './value.js';

/** Thrown inside the writer only; `write` turns it into an error that names the path. */
const unsupported = Symbol('unsupported');
const shapes = new ObjectShapes();
/** From this length on, one native call beats a loop over the characters (50 ns against 1 ns a character). */
const nativeStringLength = 40;

/**
 * Appends canonical encodings to a buffer that grows: equal values give equal bytes, different values different ones.
 *
 * What is equal: numbers as `Object.is` has it (so -0 is not 0; every NaN is one); numbers and bigints are never equal; a `Buffer` equals a
 * Uint8Array of the same bytes; objects by their own string properties in whatever order, a property that is undefined being one
 * that is absent. Symbol properties are not looked at.
 */
export class ValueWriter {
  /** Owned by the writer; replaced when it grows. Valid up to `length`. */
  bytes: Buffer;
  length = 0;
  #view: DataView;

  constructor(initialBytes = 1024) {
    this.bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.#view = new DataView(this.bytes.buffer);
  }

  /**
   * Appends one value.
   *
   * @throws DatasetsError VALUE_UNSUPPORTED naming the path of what is no value; nothing is appended then.
   */
  write(value: unknown): void {
    const start = this.length;
    try {
      this.#value(value, 0);
    } catch (error) {
      this.length = start;
      throw error === unsupported ? unsupportedValue(value) : error;
    }
  }

  /** Makes room for `count` more bytes, for callers that write around the values. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.bytes.length) this.#grow(needed);
  }

  /** A copy of what was written. */
  copy(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.bytes, 0, this.length);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  #value(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.#string(value);
        return;
      case 'number':
        this.#number(value);
        return;
      case 'boolean':
        this.#byte(value ? tag.true : tag.false);
        return;
      case 'bigint':
        this.#bigint(value);
        return;
      case 'object':
        if (value === null) this.#byte(tag.null);
        else if (depth > maxDepth) throw unsupported;
        else if (Array.isArray(value)) this.#array(value, depth);
        else this.#object(value, depth);
        return;
      default:
        throw unsupported;
    }
  }

  #byte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Without a check for room: callers reserve. */
  #varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = rest < 0x80000000 ? rest >>> 7 : Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  #number(value: number): void {
    this.reserve(9);
    const integer = value | 0;
    if (integer === value && (integer !== 0 || !Object.is(value, -0))) {
      this.bytes[this.length++] = tag.int32;
      this.#varint(((integer << 1) ^ (integer >> 31)) >>> 0);
      return;
    }
    this.bytes[this.length++] = tag.float64;
    this.#float64(value);
  }

  #float64(value: number): void {
    // Engines may give any NaN; setFloat64(NaN) writes whichever it was handed.
    if (Number.isNaN(value)) {
      this.#view.setUint32(this.length, 0, true);
      this.#view.setUint32(this.length + 4, 0x7ff80000, true);
    } else {
      this.#view.setFloat64(this.length, value, true);
    }
    this.length += 8;
  }

  #bigint(value: bigint): void {
    const negative = value < 0n;
    let hex = (negative ? -value : value).toString(16);
    if (value === 0n) hex = '';
    else if (hex.length % 2 === 1) hex = `0${hex}`;
    const count = hex.length / 2;
    this.reserve(count + 8);
    this.bytes[this.length++] = tag.bigint;
    this.#varint(count * 2 + (negative ? 1 : 0));
    this.bytes.write(hex, this.length, 'hex');
    this.length += count;
  }

  #string(value: string): void {
    const units = value.length;
    this.reserve(units * 3 + 9);
    const bytes = this.bytes;
    bytes[this.length++] = tag.string;
    const start = this.length;
    if (units < nativeStringLength) {
      let position = start + 1;
      let index = 0;
      for (; index < units; index++) {
        const unit = value.charCodeAt(index);
        if (unit >= 0x80) break;
        bytes[position++] = unit;
      }
      if (index === units) {
        bytes[start] = units;
        this.length = position;
        return;
      }
    }
    // The bytes go where they belong if they are as many as the UTF-16 units, as they are for ASCII; else they are moved.
    const guess = varintBytes(units);
    const written = bytes.write(value, start + guess, units * 3, 'utf8');
    if (written !== units && hasLoneSurrogate(value)) throw unsupported;
    const prefix = varintBytes(written);
    if (prefix !== guess) bytes.copyWithin(start + prefix, start + guess, start + guess + written);
    this.#varint(written);
    this.length = start + prefix + written;
  }

  #array(value: readonly unknown[], depth: number): void {
    this.reserve(9);
    this.bytes[this.length++] = tag.array;
    this.#varint(value.length);
    for (let i = 0; i < value.length; i++) this.#value(value[i], depth + 1);
  }

  #object(value: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      if (ArrayBuffer.isView(value)) this.#typedArray(value);
      else if (value instanceof Date) this.#date(value);
      else throw unsupported;
      return;
    }
    const record = value as { readonly [key: string]: unknown };
    const shape = shapes.of(Object.keys(record));
    if (shape === undefined) throw unsupported;
    this.#byte(tag.object);
    const { keys, encodedKeys } = shape;
    for (let i = 0; i < keys.length; i++) {
      const property = record[keys[i] as string];
      if (property === undefined) continue;
      const key = encodedKeys[i] as Uint8Array;
      this.reserve(key.length);
      const bytes = this.bytes;
      let position = this.length;
      for (let b = 0; b < key.length; b++) bytes[position++] = key[b] as number;
      this.length = position;
      this.#value(property, depth + 1);
    }
    this.#byte(0);
  }

  #date(value: Date): void {
    const milliseconds = value.getTime();
    if (Number.isNaN(milliseconds)) throw unsupported;
    this.reserve(9);
    this.bytes[this.length++] = tag.date;
    this.#float64(milliseconds);
  }

  #typedArray(value: ArrayBufferView): void {
    const kind = typedArrayTag(value);
    if (kind === undefined) throw unsupported;
    this.reserve(value.byteLength + 9);
    this.bytes[this.length++] = kind;
    this.#varint(value.byteLength);
    const start = this.length;
    this.bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), start);
    this.length = start + value.byteLength;
    if (value instanceof Float32Array) this.#oneNaN32(value, start);
    else if (value instanceof Float64Array) this.#oneNaN64(value, start);
  }

  #oneNaN32(value: Float32Array, start: number): void {
    for (let i = 0; i < value.length; i++) {
      if (Number.isNaN(value[i])) this.#view.setUint32(start + i * 4, 0x7fc00000, true);
    }
  }

  #oneNaN64(value: Float64Array, start: number): void {
    for (let i = 0; i < value.length; i++) {
      if (Number.isNaN(value[i])) this.#view.setBigUint64(start + i * 8, 0x7ff8000000000000n, true);
    }
  }
}

function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}
