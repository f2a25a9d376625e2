import { inflateSync } from 'node:zlib';
import { DatasetsError } from '../../core/errors/index.js';
import type { Column, NumericArray } from '../columns.js';
import { hasStoredShape } from '../declare/collect-leaves.js';
import type { TensorDefinition } from '../declare/definition.js';
import { dtypeOf } from '../declare/element-types.js';
import { dtypeBytes, type NumericDType } from '../dtype.js';
import { bytesOf, numbersOf } from './column-access.js';
import type { FieldReader, ValueReader } from './field-reader.js';
import { copyNumbers } from './read-numbers.js';
import { bufferOf, copyBytes, TextReader } from './read-text.js';

type Tensor = Pick<TensorDefinition, 'dtype' | 'shape' | 'encoding'>;

/** Gives `{ data, shape }` for each tensor. */
export function tensorReader(tensor: Tensor, key: string): FieldReader {
  if (tensor.encoding === 'none') return (batch) => plainTensor(tensor, batch.column(key));
  if (!hasStoredShape(tensor)) return (batch) => encodedTensor(tensor, key, batch.column(key), undefined);
  return (batch) => encodedTensor(tensor, key, batch.column(`${key}/value`), batch.column(`${key}/shape`));
}

function plainTensor(tensor: Tensor, column: Column): ValueReader {
  const { itemOffsets } = column;
  const { shape } = tensor;
  const known = knownSize(shape);
  const copy = valueCopier(tensor, column);
  if (itemOffsets === undefined) return (element) => ({ data: copy(element * known, (element + 1) * known), shape });
  return (element) => {
    const from = itemOffsets[element] as number;
    const to = itemOffsets[element + 1] as number;
    const unknown = known === 0 ? 0 : (to - from) / known;
    return { data: copy(from, to), shape: shape.map((dimension) => dimension ?? unknown) };
  };
}

function knownSize(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, dimension) => product * (dimension ?? 1), 1);
}

function valueCopier({ dtype }: Tensor, column: Column): (from: number, to: number) => unknown {
  const stored = dtypeOf(dtype);
  if (stored !== 'string') {
    const data = numbersOf(column);
    return (from, to) => copyNumbers(stored, data, from, to);
  }
  const values = bytesOf(column);
  if (dtype === 'bytes') return (from, to) => range(from, to, (index) => copyBytes(values, index));
  const text = new TextReader();
  const buffer = bufferOf(values);
  return (from, to) => range(from, to, (index) => text.read(values, buffer, index));
}

function range<T>(from: number, to: number, read: (index: number) => T): T[] {
  return Array.from({ length: to - from }, (_, index) => read(from + index));
}

function encodedTensor(tensor: Tensor, key: string, column: Column, shapes: Column | undefined): ValueReader {
  const values = bytesOf(column);
  const shapeData = shapes === undefined ? undefined : numbersOf(shapes);
  const rank = tensor.shape.length;
  const dtype = dtypeOf(tensor.dtype) as NumericDType;
  const known = knownSize(tensor.shape);
  return (element) => {
    const stored = copyBytes(values, element);
    const raw = tensor.encoding === 'zlib' ? inflate(stored, key) : stored;
    const count = raw.length / dtypeBytes[dtype];
    const shape =
      shapeData === undefined
        ? tensor.shape.map((dimension) => dimension ?? count / known)
        : Array.from({ length: rank }, (_, axis) => shapeData[element * rank + axis] as number);
    if (shape.reduce((product, dimension) => product * dimension, 1) !== count) {
      throw corrupt(key, `${raw.length} bytes are no ${tensor.dtype} tensor of shape [${shape.join(', ')}]`);
    }
    return { data: copyNumbers(dtype, typedView(dtype, raw), 0, count), shape };
  };
}

function inflate(stored: Uint8Array, key: string): Uint8Array {
  try {
    // A copy of its own: what zlib returns may start anywhere in a pooled buffer.
    return Uint8Array.from(inflateSync(stored));
  } catch (cause) {
    throw corrupt(key, 'its bytes do not inflate', cause);
  }
}

function corrupt(key: string, reason: string, cause?: unknown): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `${key}: a tensor can't be decoded: ${reason}`, {
    cause,
    at: { field: key },
    hint: 'Run `ailab-datasets verify` to find damaged files.',
  });
}

const storedArrays = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** `raw` is a copy that starts at the beginning of its buffer. */
function typedView(dtype: NumericDType, raw: Uint8Array): NumericArray {
  return new storedArrays[dtype](raw.buffer as ArrayBuffer, raw.byteOffset, Math.floor(raw.length / dtypeBytes[dtype]));
}
