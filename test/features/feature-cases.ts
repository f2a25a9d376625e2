import {
  type AnyFeature,
  audio,
  boundingBox,
  classLabel,
  dataset,
  image,
  labelledImage,
  optional,
  record,
  scalar,
  sequence,
  tensor,
  text,
  translation,
  translationVariableLanguages,
  video,
} from '../../src/features/index.js';

/** One value of a feature: what an author writes, what tfds is given for the same, and what readers get. */
export interface FeatureValue {
  readonly input: unknown;
  /** For tfds; the input where it is left out. */
  readonly python?: unknown;
  /** What our decoder gives, `comparable`; the input where it is left out. */
  readonly output?: unknown;
  /** What stock tfds gives, `comparable`; the output where it is left out. */
  readonly stock?: unknown;
}

export interface FeatureCase {
  readonly feature: AnyFeature;
  /** The same feature in tfds, `F` being tfds.features. */
  readonly tfds: string;
  readonly values: readonly FeatureValue[];
  /** Set where bytes may differ, because two zlibs or two PNG encoders don't compress alike; and why tfds can't encode it. */
  readonly ownBytes?: boolean;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const pixels = (count: number, top = 256): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => (index * 7) % top);
const grid = (rows: number, columns: number, from = 0): number[][] =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => from + row * columns + column),
  );

const steps = [
  { a: 'x', n: 1 },
  { a: 'yé', n: 'q' },
];

/** Every feature, and every way in which its values may lie. */
export const featureCases: Readonly<Record<string, FeatureCase>> = {
  ...Object.fromEntries(
    (
      [
        ['bool', 'np.bool_', [true, false]],
        ['int8', 'np.int8', [-128, 127, 0]],
        ['int16', 'np.int16', [-32768, 32767]],
        ['int32', 'np.int32', [-2147483648, 2147483647, 128, 16384, 2097152, 268435456]],
        ['uint8', 'np.uint8', [0, 255]],
        ['uint16', 'np.uint16', [0, 65535]],
        ['uint32', 'np.uint32', [0, 4294967295]],
        ['int64', 'np.int64', [-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 2n ** 35n, 2n ** 42n - 1n, 2n ** 49n, 2n ** 56n]],
        ['uint64', 'np.uint64', [0n, 2n ** 64n - 1n, 2n ** 63n]],
        ['float16', 'np.float16', [1.5, -65504, 2 ** -24, 0]],
        ['float32', 'np.float32', [1.5, -3.4028234663852886e38, 2 ** -149, Number.POSITIVE_INFINITY, Number.NaN]],
        ['float64', 'np.float64', [0.5, -1.25, 1024]],
      ] as const
    ).map(([dtype, numpy, values]) => [
      `a ${dtype}`,
      {
        feature: scalar(dtype),
        tfds: `F.Scalar(${numpy})`,
        values: (values as readonly unknown[]).map((input) => ({ input })),
      },
    ]),
  ),
  'an int64 from Numbers': {
    feature: scalar('int64'),
    tfds: 'F.Scalar(np.int64)',
    values: [Number.MAX_SAFE_INTEGER, -5, 0].map((input) => ({ input, output: BigInt(input) })),
  },
  'raw bytes': {
    feature: scalar('bytes'),
    tfds: 'F.Scalar(np.object_)',
    values: [{ input: bytes(0, 255, 128) }, { input: bytes() }],
  },
  text: {
    feature: text(),
    tfds: 'F.Text()',
    values: [
      { input: '' },
      { input: 'short' },
      { input: 'Grüße, 世界 🌍' },
      { input: 'long '.repeat(100) },
      { input: 'x'.repeat(200_000) },
    ],
  },
  'text from bytes': {
    feature: text(),
    tfds: 'F.Text()',
    values: [{ input: new TextEncoder().encode('Grüße'), output: 'Grüße' }],
  },
  'a class label': {
    feature: classLabel({ names: ['left', 'center', 'right'] }),
    tfds: "F.ClassLabel(names=['left', 'center', 'right'])",
    values: [{ input: 'right', output: 2 }, { input: 0 }, { input: -1 }],
  },
  'a tensor': {
    feature: tensor({ dtype: 'float32', shape: [2, 3] }),
    tfds: 'F.Tensor(shape=(2, 3), dtype=np.float32)',
    values: [
      { input: new Float32Array([0, 1, 2, 3, 4, 5]), python: grid(2, 3), output: grid(2, 3) },
      { input: [0, 1, 2, 3, 4, 5], python: grid(2, 3), output: grid(2, 3) },
      { input: grid(2, 3) },
      { input: { data: [0, 1, 2, 3, 4, 5], shape: [2, 3] }, python: grid(2, 3), output: grid(2, 3) },
    ],
  },
  'a large tensor': {
    feature: tensor({ dtype: 'int16', shape: [1000] }),
    tfds: 'F.Tensor(shape=(1000,), dtype=np.int16)',
    values: [
      {
        input: Int16Array.from({ length: 1000 }, (_, index) => index - 500),
        output: Array.from({ length: 1000 }, (_, index) => index - 500),
      },
    ],
  },
  'an int64 tensor': {
    feature: tensor({ dtype: 'int64', shape: [null] }),
    tfds: 'F.Tensor(shape=(None,), dtype=np.int64)',
    values: [
      { input: new BigInt64Array([-1n, 2n ** 40n]), output: [-1n, 2n ** 40n] },
      { input: [1, 2n, -3], output: [1n, 2n, -3n] },
      { input: [] },
    ],
  },
  'a tensor with an unknown dimension inside': {
    feature: tensor({ dtype: 'uint16', shape: [2, null] }),
    tfds: 'F.Tensor(shape=(2, None), dtype=np.uint16)',
    values: [{ input: grid(2, 3) }, { input: new Uint16Array([7, 8]), python: [[7], [8]], output: [[7], [8]] }],
  },
  'a tensor without values': {
    feature: tensor({ dtype: 'int32', shape: [0, 3] }),
    tfds: 'F.Tensor(shape=(0, 3), dtype=np.int32)',
    values: [
      { input: [], python: { kind: 'tensor', dtype: 'int32', shape: [0, 3], data: new Int32Array(0) }, output: [] },
    ],
  },
  'a bool tensor': {
    feature: tensor({ dtype: 'bool', shape: [3] }),
    tfds: 'F.Tensor(shape=(3,), dtype=np.bool_)',
    values: [
      { input: [true, false, true], output: [1, 0, 1], stock: [true, false, true] },
      { input: bytes(1, 0, 1), python: [true, false, true], output: [1, 0, 1], stock: [true, false, true] },
    ],
  },
  'a tensor of half floats': {
    feature: tensor({ dtype: 'float16', shape: [3] }),
    tfds: 'F.Tensor(shape=(3,), dtype=np.float16)',
    values: [{ input: [0.1, 1, 65504], output: [0.0999755859375, 1, 65504] }],
  },
  'a tensor of texts': {
    feature: tensor({ dtype: 'string', shape: [2] }),
    tfds: 'F.Tensor(shape=(2,), dtype=np.object_)',
    values: [{ input: ['a', 'ß'] }],
  },
  'a tensor as bytes': {
    feature: tensor({ dtype: 'uint64', shape: [2, 2], encoding: 'bytes' }),
    tfds: "F.Tensor(shape=(2, 2), dtype=np.uint64, encoding='bytes')",
    values: [
      {
        input: [
          [1, 2],
          [3, 2n ** 64n - 1n],
        ],
        output: [
          [1n, 2n],
          [3n, 2n ** 64n - 1n],
        ],
      },
    ],
  },
  'a bfloat16 tensor as bytes': {
    feature: tensor({ dtype: 'bfloat16', shape: [3], encoding: 'bytes' }),
    tfds: "F.Tensor(shape=(3,), dtype=tf.bfloat16, encoding='bytes')",
    values: [
      {
        input: [0.1, 1, -3],
        python: { kind: 'tensor', dtype: 'bfloat16', shape: [3], data: new Uint16Array([0x3dcd, 0x3f80, 0xc040]) },
        output: [0.10009765625, 1, -3],
      },
    ],
  },
  'a compressed tensor of any shape': {
    feature: tensor({ dtype: 'uint16', shape: [null, null], encoding: 'zlib' }),
    tfds: "F.Tensor(shape=(None, None), dtype=np.uint16, encoding='zlib')",
    ownBytes: true,
    values: [{ input: grid(2, 3) }, { input: { data: new Uint16Array([1, 2]), shape: [1, 2] }, output: [[1, 2]] }],
  },
  'a compressed bool tensor': {
    feature: tensor({ dtype: 'bool', shape: [null], encoding: 'zlib' }),
    tfds: "F.Tensor(shape=(None,), dtype=np.bool_, encoding='zlib')",
    ownBytes: true,
    values: [{ input: [true, false], output: [1, 0], stock: [true, false] }],
  },
  'an image from its bytes': {
    feature: image({ shape: [null, null, 3] }),
    tfds: 'F.Image(shape=(None, None, 3))',
    values: [{ input: pngOfOnePixel(), output: [[[255, 0, 0]]] }],
  },
  'an image from pixels': {
    feature: image({ shape: [4, 3, 1], encoding: 'png' }),
    tfds: "F.Image(shape=(4, 3, 1), encoding_format='png')",
    ownBytes: true,
    values: [{ input: pixels(12), output: nested(pixels(12), [4, 3, 1]) }],
  },
  'a large colour image': {
    feature: image({ shape: [null, null, 4] }),
    tfds: 'F.Image(shape=(None, None, 4))',
    ownBytes: true,
    values: [
      { input: { data: pixels(60 * 50 * 4), shape: [60, 50, 4] }, output: nested(pixels(60 * 50 * 4), [60, 50, 4]) },
    ],
  },
  'a 16-bit image': {
    feature: image({ shape: [2, 3, 1], dtype: 'uint16' }),
    tfds: 'F.Image(shape=(2, 3, 1), dtype=np.uint16)',
    ownBytes: true,
    values: [
      {
        input: new Uint16Array([0, 1, 256, 65535, 32768, 258]),
        output: nested([0, 1, 256, 65535, 32768, 258], [2, 3, 1]),
      },
    ],
  },
  'a float image': {
    feature: image({ shape: [2, 2, 1], dtype: 'float32' }),
    tfds: 'F.Image(shape=(2, 2, 1), dtype=np.float32)',
    ownBytes: true,
    values: [
      { input: new Float32Array([0.5, -1, 3e38, 0]), output: nested([0.5, -1, Math.fround(3e38), 0], [2, 2, 1]) },
    ],
  },
  'a labelled image': {
    feature: labelledImage({ labels: ['sky', 'car'], shape: [70, 70, 1], encoding: 'png' }),
    tfds: "F.LabeledImage(labels=['sky', 'car'], shape=(70, 70, 1), encoding_format='png')",
    ownBytes: true,
    values: [{ input: pixels(4900, 2), output: nested(pixels(4900, 2), [70, 70, 1]) }],
  },
  'a bounding box': {
    feature: boundingBox(),
    tfds: 'F.BBoxFeature()',
    values: [
      {
        input: { ymin: 0.25, xmin: 0, ymax: 0.5, xmax: 1 },
        python: new Float64Array([0.25, 0, 0.5, 1]),
        output: [0.25, 0, 0.5, 1],
      },
      { input: [0.25, 0, 0.5, 1], python: new Float64Array([0.25, 0, 0.5, 1]) },
    ],
  },
  'a box with a size': {
    feature: boundingBox({ format: 'XYWH' }),
    tfds: "F.BBoxFeature(bbox_format='XYWH')",
    values: [
      {
        input: { ymin: 2, xmin: 1, ymax: 12, xmax: 21 },
        python: new Float64Array([1, 2, 20, 10]),
        output: [1, 2, 20, 10],
      },
    ],
  },
  'a sequence of numbers': {
    feature: sequence(scalar('int32')),
    tfds: 'F.Sequence(np.int32)',
    values: [{ input: [1, -2, 3] }, { input: new Int32Array([5]), output: [5] }, { input: [] }],
  },
  'a sequence of fixed length': {
    feature: sequence(scalar('float32'), 3),
    tfds: 'F.Sequence(np.float32, length=3)',
    values: [{ input: [1, 2, 3] }],
  },
  'a sequence of texts': {
    feature: sequence(text()),
    tfds: 'F.Sequence(F.Text())',
    values: [{ input: ['a', '', 'ü'.repeat(70)] }, { input: [] }],
  },
  'a sequence of class labels': {
    feature: sequence(classLabel({ names: ['n', 'y'] })),
    tfds: "F.Sequence(F.ClassLabel(names=['n', 'y']))",
    values: [{ input: ['y', 'n', -1], output: [1, 0, -1] }],
  },
  'a sequence of tensors': {
    feature: sequence(tensor({ dtype: 'int32', shape: [2] })),
    tfds: 'F.Sequence(F.Tensor(shape=(2,), dtype=np.int32))',
    values: [
      {
        input: [
          [1, 2],
          [3, 4],
        ],
      },
      { input: [] },
    ],
  },
  'a sequence of tensors of texts': {
    feature: sequence(tensor({ dtype: 'string', shape: [2] })),
    tfds: 'F.Sequence(F.Tensor(shape=(2,), dtype=np.object_))',
    values: [
      {
        input: [
          ['a', 'bb'],
          ['', 'c'],
        ],
      },
    ],
  },
  'a sequence of encoded tensors': {
    feature: sequence(tensor({ dtype: 'int16', shape: [null], encoding: 'bytes' })),
    tfds: "F.Sequence(F.Tensor(shape=(None,), dtype=np.int16, encoding='bytes'))",
    values: [
      {
        input: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
  },
  'a sequence of images': {
    feature: sequence(image({ shape: [2, 2, 1] })),
    tfds: 'F.Sequence(F.Image(shape=(2, 2, 1)))',
    ownBytes: true,
    values: [
      { input: [pixels(4), pixels(4, 3)], output: [nested(pixels(4), [2, 2, 1]), nested(pixels(4, 3), [2, 2, 1])] },
    ],
  },
  'a sequence of records': {
    feature: sequence(record({ n: classLabel({ names: ['p', 'q'] }), a: text() })),
    tfds: "F.Sequence({'a': F.Text(), 'n': F.ClassLabel(names=['p', 'q'])})",
    values: [
      {
        input: steps,
        output: [
          { n: 1, a: 'x' },
          { n: 1, a: 'yé' },
        ],
        stock: { a: ['x', 'yé'], n: [1, 1] },
      },
      { input: [], stock: { a: [], n: [] } },
    ],
  },
  'nested sequences': {
    feature: sequence(sequence(scalar('int64'))),
    tfds: 'F.Sequence(F.Sequence(np.int64))',
    values: [{ input: [[1n, 2n], [], [300n]] }, { input: [] }, { input: [[]] }],
  },
  'three levels of texts': {
    feature: sequence(sequence(sequence(text()))),
    tfds: 'F.Sequence(F.Sequence(F.Sequence(F.Text())))',
    values: [{ input: [[['a'], []], [], [['b', 'c', 'd'], ['e']]] }],
  },
  'lists in records in a sequence': {
    feature: sequence(record({ tags: sequence(text()), at: scalar('float32') })),
    tfds: "F.Sequence({'tags': F.Sequence(F.Text()), 'at': np.float32})",
    values: [
      {
        input: [
          { tags: ['a', 'b'], at: 1 },
          { tags: [], at: 2 },
        ],
        stock: { tags: [['a', 'b'], []], at: [1, 2] },
      },
    ],
  },
  'a nested data set': {
    feature: dataset(record({ reward: scalar('float32'), seen: sequence(scalar('uint8')) })),
    tfds: "F.Dataset({'reward': np.float32, 'seen': F.Sequence(np.uint8)})",
    values: [
      {
        input: [
          { reward: 1, seen: [1, 2] },
          { reward: -1, seen: [] },
        ],
      },
      { input: [] },
    ],
  },
  'a nested data set of single values': {
    feature: dataset(scalar('int32'), 2),
    tfds: 'F.Dataset(np.int32, length=2)',
    values: [{ input: [4, 5] }],
  },
  'a record': {
    feature: record({ z: scalar('bool'), a: record({ b: text(), 'a.b': scalar('int8') }) }),
    tfds: "F.FeaturesDict({'z': np.bool_, 'a': {'b': F.Text(), 'a.b': np.int8}})",
    values: [{ input: { z: true, a: { b: 'x', 'a.b': 1 } } }],
  },
  translations: {
    feature: translation({ languages: ['fr', 'en'] }),
    tfds: "F.Translation(languages=['fr', 'en'])",
    values: [{ input: { fr: 'chat', en: 'cat' } }],
  },
  'translations into some languages': {
    feature: translationVariableLanguages({ languages: ['en', 'fr', 'de'] }),
    tfds: "F.TranslationVariableLanguages(languages=['en', 'fr', 'de'])",
    values: [
      { input: { fr: ['b', 'a'], en: 'c' }, output: { language: ['en', 'fr', 'fr'], translation: ['c', 'a', 'b'] } },
    ],
  },
  'audio samples': {
    feature: audio({ dtype: 'int16', sampleRate: 8000 }),
    tfds: 'F.Audio(dtype=np.int16, sample_rate=8000)',
    values: [{ input: new Int16Array([-1, 2, 300]), output: [-1, 2, 300] }],
  },
  'a video': {
    feature: video({ shape: [null, 2, 2, 3] }),
    tfds: 'F.Video(shape=(None, 2, 2, 3))',
    ownBytes: true,
    values: [
      {
        input: { data: pixels(24), shape: [2, 2, 2, 3] },
        python: { kind: 'tensor', dtype: 'uint8', shape: [2, 2, 2, 3], data: pixels(24) },
        output: nested(pixels(24), [2, 2, 2, 3]),
      },
    ],
  },
  'an optional number': {
    feature: optional(scalar('int32')),
    tfds: 'F.Scalar(np.int32, optional=True)',
    values: [{ input: 5 }, { input: null, stock: -2147483648 }],
  },
  'an optional float64': {
    feature: optional(scalar('float64')),
    tfds: 'F.Scalar(np.float64, optional=True)',
    values: [{ input: 0.5 }, { input: null, stock: Number.NEGATIVE_INFINITY }],
  },
  'an optional bool': {
    feature: optional(scalar('bool')),
    tfds: 'F.Scalar(np.bool_, optional=True)',
    values: [{ input: true }, { input: null, stock: false }],
  },
  'optional text': {
    feature: optional(text()),
    tfds: 'F.Scalar(np.object_, optional=True)',
    values: [{ input: 'a' }, { input: null, stock: '' }],
  },
  'an optional tensor': {
    feature: optional(tensor({ dtype: 'float32', shape: [2] })),
    tfds: 'F.Tensor(shape=(2,), dtype=np.float32, optional=True)',
    values: [{ input: [1, 2] }, { input: null, stock: [-3.4028234663852886e38, -3.4028234663852886e38] }],
  },
  'an optional class label': {
    feature: optional(classLabel({ names: ['a', 'b'] })),
    tfds: "F.Sequence(F.ClassLabel(names=['a', 'b']))",
    values: [
      { input: 'b', python: ['b'], output: 1, stock: [1] },
      { input: null, python: [], stock: [] },
    ],
  },
  'an optional record with a list': {
    feature: optional(record({ tags: sequence(text()), n: scalar('int8') })),
    tfds: "F.Sequence({'tags': F.Sequence(F.Text()), 'n': np.int8})",
    values: [
      { input: { tags: ['a'], n: 1 }, python: [{ tags: ['a'], n: 1 }], stock: { tags: [['a']], n: [1] } },
      { input: null, python: [], stock: { tags: [], n: [] } },
    ],
  },
  'optional numbers in a sequence': {
    feature: sequence(optional(scalar('int32'))),
    tfds: 'F.Sequence(F.Sequence(np.int32))',
    values: [{ input: [1, null, 3], python: [[1], [], [3]], stock: [[1], [], [3]] }],
  },
  'fixed lengths inside sequences': {
    feature: sequence(sequence(scalar('int32'), 2)),
    tfds: 'F.Sequence(F.Sequence(np.int32))',
    values: [
      {
        input: [
          [1, 2],
          [3, 4],
        ],
      },
      { input: [] },
    ],
  },
  'fixed lengths around sequences': {
    feature: sequence(record({ a: scalar('int8'), b: sequence(scalar('int8')) }), 2),
    tfds: "F.Sequence({'a': np.int8, 'b': F.Sequence(np.int8)})",
    values: [
      {
        input: [
          { a: 1, b: [] },
          { a: 2, b: [3] },
        ],
        stock: { a: [1, 2], b: [[], [3]] },
      },
    ],
  },
  'a bfloat16': {
    feature: scalar('bfloat16'),
    tfds: 'F.Scalar(tf.bfloat16)',
    // tfds reads it but can't write it (example_serializer.py knows no such dtype).
    ownBytes: true,
    values: [{ input: 1.5 }, { input: 0.1, output: 0.10009765625 }],
  },
  'an optional bfloat16': {
    feature: optional(scalar('bfloat16')),
    tfds: 'F.Sequence(tf.bfloat16)',
    ownBytes: true,
    values: [
      { input: 1.5, stock: [1.5] },
      { input: null, stock: [] },
    ],
  },
  'an optional image': {
    feature: optional(image({ shape: [1, 1, 3] })),
    tfds: 'F.Sequence(F.Image(shape=(1, 1, 3)))',
    values: [
      { input: pngOfOnePixel(), python: [pngOfOnePixel()], output: [[[255, 0, 0]]], stock: [[[[255, 0, 0]]]] },
      { input: null, python: [], stock: [] },
    ],
  },
  'an optional tensor of any length': {
    feature: optional(tensor({ dtype: 'int8', shape: [null], encoding: 'bytes' })),
    tfds: "F.Sequence(F.Tensor(shape=(None,), dtype=np.int8, encoding='bytes'))",
    values: [
      { input: [1, 2, 3], python: [[1, 2, 3]], stock: [[1, 2, 3]] },
      { input: null, python: [], stock: [] },
    ],
  },
  'an optional sequence': {
    feature: optional(sequence(scalar('int8'), 2)),
    tfds: 'F.Sequence(F.Sequence(np.int8))',
    values: [
      { input: [1, 2], python: [[1, 2]], stock: [[1, 2]] },
      { input: null, python: [], stock: [] },
    ],
  },
  'videos of a fixed length in a sequence': {
    feature: sequence(video({ shape: [2, 1, 1, 1] })),
    tfds: 'F.Sequence(F.Video(shape=(None, 1, 1, 1)))',
    ownBytes: true,
    values: [{ input: [[bytes(1), bytes(2)]], output: nested([1, 2], [1, 2, 1, 1, 1]) }],
  },
  'a data set in a data set': {
    feature: dataset(record({ inner: dataset(record({ x: scalar('int8') })) })),
    tfds: "F.Dataset({'inner': F.Sequence({'x': np.int8})})",
    values: [
      {
        input: [{ inner: [{ x: 1 }, { x: 2 }] }, { inner: [] }],
        stock: [{ inner: { x: [1, 2] } }, { inner: { x: [] } }],
      },
    ],
  },
  'a data set in a sequence': {
    feature: sequence(dataset(scalar('int8'))),
    tfds: 'F.Sequence(F.Sequence(np.int8))',
    values: [{ input: [[1], [2, 3]] }],
  },
};

function pngOfOnePixel(): Uint8Array {
  const base64 = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** Flat values as arrays in arrays. */
export function nested(flat: ArrayLike<unknown>, shape: readonly number[]): unknown {
  const [length, ...inner] = shape;
  if (length === undefined) return flat[0];
  const size = inner.reduce((product, dimension) => product * dimension, 1);
  return Array.from({ length }, (_, index) => nested(Array.from(flat).slice(index * size, (index + 1) * size), inner));
}

/**
 * Values of ours and of other readers in one form: tensors and images as arrays in arrays, text and bytes as `text:` or `bytes:`, integers
 * as Numbers where they are safe.
 */
export function comparable(value: unknown): unknown {
  if (typeof value === 'string') return `bytes:${Buffer.from(value).toString('hex')}`;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('hex')}`;
  if (ArrayBuffer.isView(value) || Array.isArray(value)) return Array.from(value as ArrayLike<unknown>, comparable);
  if ('data' in value && 'shape' in value) {
    const { data, shape } = value as { data: ArrayLike<unknown>; shape: readonly number[] };
    return nested(Array.from(data, comparable), shape);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}
