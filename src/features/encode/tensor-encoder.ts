import { deflateSync } from 'node:zlib';
import { hasStoredShape } from '../declare/collect-leaves.js';
import type { TensorDefinition } from '../declare/definition.js';
import { dtypeOf } from '../declare/element-types.js';
import { RowArena } from '../row-arena.js';
import { numberAppender, type RejectValue } from './append-numbers.js';
import { stringAppender } from './append-text.js';
import { packedBytes } from './example-size.js';
import type { FieldEncoder, ValueAppender } from './field-encoder.js';
import { LeafEntry } from './leaf-encoder.js';
import { numberProblem } from './number-limits.js';
import { type LeafPlace, stringEncoder } from './scalar-encoder.js';
import { TensorInputReader } from './tensor-input.js';

type Tensor = Pick<TensorDefinition, 'dtype' | 'shape' | 'encoding' | 'documentation'>;

export function tensorEncoder(tensor: Tensor, place: LeafPlace): FieldEncoder {
  if (tensor.encoding === 'none') return plainTensorEncoder(tensor, place);
  return hasStoredShape(tensor) ? shapedTensorEncoder(tensor, place) : encodedTensorEncoder(tensor, place);
}

/** Values as they are: in a row [count when a dimension is unknown] [values]. */
function plainTensorEncoder(tensor: Tensor, { key, site, size }: LeafPlace): FieldEncoder {
  const reader = new TensorInputReader(tensor.dtype, tensor.shape, site);
  const entry = new LeafEntry(key, site.depth, site.levels, size);
  const counted = tensor.shape.includes(null);
  const isString = dtypeOf(tensor.dtype) === 'string';
  const item = new ItemInSequence();
  const append = valueAppender(tensor, item, site);
  const listContent = isString ? (bytes: number) => bytes : packedBytes;

  const encode: FieldEncoder['encode'] = (value, arena) => {
    reader.read(value, 0);
    const { values } = reader;
    if (counted) {
      arena.ensure(4);
      arena.view.setUint32(arena.position, values.length, true);
      arena.position += 4;
    }
    item.index = 0;
    entry.count(listContent(append(values, values.length, arena)));
  };

  const encodeAll: FieldEncoder['encodeAll'] = (values, count, arena) => {
    entry.appendLengths(arena);
    if (isString) {
      // A row has all lengths of a leaf before all its bytes, so the texts of all tensors are appended as one list.
      const flat: unknown[] = [];
      for (let index = 0; index < count; index++) {
        reader.read(values[index], index);
        for (let at = 0; at < reader.values.length; at++) flat.push(reader.values[at]);
      }
      item.size = count === 0 ? 1 : Math.max(1, flat.length / count);
      return entry.count(append(flat, flat.length, arena));
    }
    let listBytes = 0;
    for (let index = 0; index < count; index++) {
      reader.read(values[index], index);
      item.index = index;
      listBytes += append(reader.values, reader.values.length, arena);
    }
    entry.count(packedBytes(listBytes));
  };
  return { encode, encodeAll };
}

/** Which tensor of a sequence is being appended, for messages. `size` is set where the values of all are appended as one. */
class ItemInSequence {
  index = 0;
  size = Infinity;
}

function valueAppender(tensor: Tensor, item: ItemInSequence, site: LeafPlace['site']): ValueAppender {
  const dtype = dtypeOf(tensor.dtype);
  const reject: RejectValue = (value, at, expected) => {
    const index = item.size === Infinity ? item.index : Math.floor(at / item.size);
    const within = item.size === Infinity ? at : at % item.size;
    const problem = dtype === 'string' ? undefined : numberProblem(value, dtype);
    const reason = `value ${within} of the tensor${problem === undefined ? '' : `: ${problem}`}`;
    return site.reject(value, expected, { index, reason });
  };
  if (dtype === 'string') return stringAppender(tensor.dtype === 'string', reject);
  return numberAppender(dtype, tensor.documentation, reject);
}

/** Values as raw little-endian bytes, or those compressed by zlib: one run of bytes in the tf.Example. */
function encodedTensorEncoder(tensor: Tensor, place: LeafPlace): FieldEncoder {
  const toBytes = tensorToBytes(tensor, place);
  const bytes = stringEncoder(false, place);
  return {
    encode: (value, arena) => bytes.encode(toBytes(value, 0).bytes, arena),
    encodeAll: (values, count, arena) => {
      const encoded: Uint8Array[] = [];
      for (let index = 0; index < count; index++) encoded.push(toBytes(values[index], index).bytes);
      bytes.encodeAll(encoded, count, arena);
    },
  };
}

/** The same with the shape beside it, in the two leaves `shape` and `value`. */
function shapedTensorEncoder(tensor: Tensor, place: LeafPlace): FieldEncoder {
  const toBytes = tensorToBytes(tensor, place);
  const shapes = plainTensorEncoder(
    { dtype: 'int32', shape: [tensor.shape.length], encoding: 'none', documentation: {} },
    { ...place, key: `${place.key}/shape` },
  );
  const bytes = stringEncoder(false, { ...place, key: `${place.key}/value` });
  return {
    encode: (value, arena) => {
      const encoded = toBytes(value, 0);
      shapes.encode(encoded.shape, arena);
      bytes.encode(encoded.bytes, arena);
    },
    encodeAll: (values, count, arena) => {
      const encoded = Array.from({ length: count }, (_, index) => toBytes(values[index], index));
      shapes.encodeAll(
        encoded.map(({ shape }) => shape),
        count,
        arena,
      );
      bytes.encodeAll(
        encoded.map((each) => each.bytes),
        count,
        arena,
      );
    },
  };
}

interface EncodedTensor {
  readonly bytes: Uint8Array;
  readonly shape: readonly number[];
}

function tensorToBytes(tensor: Tensor, { site }: LeafPlace): (value: unknown, index: number) => EncodedTensor {
  const reader = new TensorInputReader(tensor.dtype, tensor.shape, site);
  const item = new ItemInSequence();
  const append = valueAppender(tensor, item, site);
  const scratch = new RowArena(1024);
  return (value, index) => {
    reader.read(value, index);
    item.index = index;
    scratch.position = 0;
    append(reader.values, reader.values.length, scratch);
    const raw = scratch.bytes.subarray(0, scratch.position);
    // Python's zlib.compress has the same defaults; readers take any zlib stream.
    return { bytes: tensor.encoding === 'zlib' ? deflateSync(raw) : raw.slice(), shape: reader.shape };
  };
}
