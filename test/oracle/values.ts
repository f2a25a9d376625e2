/**
 * The TypeScript side of the value protocol that `values.py` describes: lossless values between Python and tests.
 */

/** A NumPy array or scalar (`shape: []`) with its dtype. Numbers keep the element type; strings and bytes are `unknown` items. */
export interface Tensor {
  readonly kind: 'tensor';
  readonly dtype: string;
  readonly shape: readonly number[];
  /** float16 and bfloat16 as their bits, bool as bytes; `object` dtypes (text, bytes) as an array. */
  readonly data: TensorData;
}

export type TensorData = NumericData | readonly unknown[];

type NumericData =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** A tf.RaggedTensor: flat values and row splits, outermost first. */
export interface Ragged {
  readonly kind: 'ragged';
  readonly values: Tensor;
  readonly splits: readonly Tensor[];
}

/** An image that Hugging Face datasets decoded with pillow. */
export interface DecodedImage {
  readonly kind: 'image';
  readonly mode: string;
  readonly pixels: Tensor;
}

const arrayTypes: Readonly<Record<string, new (buffer: ArrayBuffer) => NumericData>> = {
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
};

const dtypeOfArray: readonly (readonly [new (length: number) => NumericData, string])[] = [
  [Int8Array, 'int8'],
  [Uint8Array, 'uint8'],
  [Int16Array, 'int16'],
  [Uint16Array, 'uint16'],
  [Int32Array, 'int32'],
  [Uint32Array, 'uint32'],
  [BigInt64Array, 'int64'],
  [BigUint64Array, 'uint64'],
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
];

/** Makes a tensor argument, e.g. `tensor('uint8', [28, 28, 1], pixels)`. */
export function tensor(dtype: string, shape: readonly number[], data: TensorData): Tensor {
  return { kind: 'tensor', dtype, shape, data };
}

/**
 * A value as JSON for Python. Uint8Array becomes bytes, other typed arrays one-dimensional NumPy arrays, bigint int, Map dict; undefined
 * fields are left out.
 */
export function encodeValue(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return { $: 'int', value: value.toString() };
  if (typeof value === 'number') return encodeNumber(value);
  if (value instanceof Uint8Array) return { $: 'bytes', base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(encodeValue);
  if (value instanceof Map) {
    return { $: 'map', entries: [...value].map(([key, item]) => [encodeValue(key), encodeValue(item)]) };
  }
  const dtype = dtypeOfArray.find(([type]) => value instanceof type)?.[1];
  if (dtype !== undefined) return encodeTensor(tensor(dtype, [(value as NumericData).length], value as NumericData));
  if (isTensor(value)) return encodeTensor(value);
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} cannot be an argument of the Python oracle`);
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(fields.map(([key, item]) => [key, encodeValue(item)]));
}

function encodeNumber(value: number): unknown {
  if (Object.is(value, -0)) return { $: 'float', value: '-0' }; // JSON.stringify drops the sign
  return Number.isFinite(value) ? value : { $: 'float', value: String(value).toLowerCase() };
}

function encodeTensor({ dtype, shape, data }: Tensor): unknown {
  if (!ArrayBuffer.isView(data)) return { $: 'tensor', dtype, shape, items: data.map(encodeValue) };
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { $: 'tensor', dtype, shape, base64: bytes.toString('base64') };
}

/** Python's answer as values: int above 2^53 as bigint, bytes as Uint8Array, arrays and NumPy scalars as `Tensor`. */
export function decodeValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodeValue);
  if (typeof value !== 'object' || value === null) return value;
  const tagged = value as Tagged;
  if (tagged.$ === undefined) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decodeValue(item)]));
  }
  return decodeTagged(tagged);
}

interface Tagged {
  readonly $?: string;
  readonly value?: string;
  readonly iso?: string;
  readonly base64?: string;
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly items?: readonly unknown[];
  readonly entries?: readonly (readonly [unknown, unknown])[];
  readonly values?: unknown;
  readonly splits?: readonly unknown[];
  readonly mode?: string;
  readonly pixels?: unknown;
}

function decodeTagged(tagged: Tagged): unknown {
  switch (tagged.$) {
    case 'int':
      return BigInt(tagged.value ?? '');
    case 'float':
      return decodeFloat(tagged.value);
    case 'bytes':
      return new Uint8Array(Buffer.from(tagged.base64 ?? '', 'base64'));
    case 'datetime':
      return tagged.iso;
    case 'tensor':
      return decodeTensor(tagged);
    case 'map':
      return new Map((tagged.entries ?? []).map(([key, item]) => [decodeValue(key), decodeValue(item)]));
    case 'ragged':
      return { kind: 'ragged', values: decodeValue(tagged.values), splits: (tagged.splits ?? []).map(decodeValue) };
    case 'image':
      return { kind: 'image', mode: tagged.mode, pixels: decodeValue(tagged.pixels) };
    default:
      throw new TypeError(`the Python oracle sent a value of unknown kind '${tagged.$}'`);
  }
}

function decodeFloat(text: string | undefined): number {
  if (text === 'nan') return Number.NaN;
  return text === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

function decodeTensor({ dtype = '', shape = [], items, base64 = '' }: Tagged): Tensor {
  if (items !== undefined) return tensor(dtype, shape, items.map(decodeValue));
  const bytes = Buffer.from(base64, 'base64');
  // A copy of its own, so that the bytes are aligned for every element type.
  const own = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  // Small types of ml_dtypes (int4, float8_*) have no typed array; they stay bytes, one an element.
  return tensor(dtype, shape, new (arrayTypes[dtype] ?? Uint8Array)(own));
}

export function isTensor(value: unknown): value is Tensor {
  return (value as Partial<Tensor> | null)?.kind === 'tensor';
}

export function isRagged(value: unknown): value is Ragged {
  return (value as Partial<Ragged> | null)?.kind === 'ragged';
}

/**
 * A decoded answer as plain nested JavaScript: tensors become nested arrays (scalars for shape []), int64 and uint64 bigints,
 * bool booleans, float16 and bfloat16 numbers, images their pixels.
 */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [plain(key), plain(item)]));
  if (isTensor(value)) return nest(elements(value), value.shape);
  if (isRagged(value)) return raggedLists(value);
  if ((value as Partial<DecodedImage>).kind === 'image') return plain((value as DecodedImage).pixels);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** The elements of a tensor in row-major order as JavaScript values. */
export function elements({ dtype, data }: Tensor): readonly unknown[] {
  if (!ArrayBuffer.isView(data)) return data.map(plain);
  if (dtype === 'bool') return Array.from(data as Uint8Array, (item) => item !== 0);
  if (dtype === 'float16') return Array.from(data as Uint16Array, float16ToNumber);
  if (dtype === 'bfloat16') return Array.from(data as Uint16Array, bfloat16ToNumber);
  return Array.from<unknown>(data as ArrayLike<unknown>);
}

function nest(items: readonly unknown[], shape: readonly number[]): unknown {
  const [length, ...inner] = shape;
  if (length === undefined) return items[0];
  if (inner.length === 0) return [...items];
  const stride = inner.reduce((product, dimension) => product * dimension, 1);
  return Array.from({ length }, (_, row) => nest(items.slice(row * stride, (row + 1) * stride), inner));
}

function raggedLists({ values, splits }: Ragged): unknown {
  let level = values.shape.length === 1 ? elements(values) : (plain(values) as unknown[]);
  for (const rowSplits of [...splits].reverse()) {
    const ends = elements(rowSplits).map(Number);
    const inner = level;
    level = ends.slice(1).map((end, row) => inner.slice(ends[row], end));
  }
  return level;
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
function bfloat16ToNumber(bits: number): number {
  return new Float32Array(new Uint32Array([bits << 16]).buffer)[0] ?? Number.NaN;
}
